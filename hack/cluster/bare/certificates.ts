import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { systemClock } from '../../../src/seams/system.ts';

export interface Subject {
  /** User name for the API server. */
  readonly commonName: string;
  /** Group for the API server. */
  readonly organization?: string;
  /** DNS names and IP addresses that a server with this certificate answers for. */
  readonly hosts?: readonly string[];
  /** How long it is valid, from now. Default: longer than the cluster lives. */
  readonly lifetimeMs?: number;
}

/** PEM texts, as every Kubernetes component reads them. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

export interface Authority extends KeyPair {
  sign(subject: Subject): Promise<KeyPair>;
}

const keyAlgorithm = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const signingAlgorithm = { name: 'ECDSA', hash: 'SHA-256' } as const;
const dayMs = 86_400_000;
/** A local cluster rotates nothing by itself, so its certificates outlive it. */
const defaultLifetimeMs = 3650 * dayMs;

/** Makes a certificate authority whose key exists only in this process and where the caller writes it. */
export async function createAuthority(commonName: string): Promise<Authority> {
  const keys = await generateKeys();
  const root = await X509CertificateGenerator.createSelfSigned({
    ...validity(),
    name: [{ CN: [commonName] }],
    keys,
    signingAlgorithm,
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    ],
  });
  return authorityOf({ certificate: root.toString('pem'), key: await privatePem(keys.privateKey) }, keys.privateKey);
}

/** The authority whose certificate and key were written down. */
export async function loadAuthority(pair: KeyPair): Promise<Authority> {
  const key = PemConverter.decodeFirst(pair.key);
  return authorityOf(pair, await webcrypto.subtle.importKey('pkcs8', key, keyAlgorithm, true, ['sign']));
}

function authorityOf(pair: KeyPair, signingKey: webcrypto.CryptoKey): Authority {
  const root = new X509Certificate(pair.certificate);
  return { ...pair, sign: (subject) => sign(subject, root, signingKey) };
}

/** A key pair without a certificate, for signing service account tokens. */
export async function createSigningKey(): Promise<{ publicKey: string; privateKey: string }> {
  const keys = await generateKeys();
  const spki = await webcrypto.subtle.exportKey('spki', keys.publicKey);
  return { publicKey: PemConverter.encode(spki, 'PUBLIC KEY'), privateKey: await privatePem(keys.privateKey) };
}

async function sign(subject: Subject, root: X509Certificate, signingKey: webcrypto.CryptoKey): Promise<KeyPair> {
  const keys = await generateKeys();
  const certificate = await X509CertificateGenerator.create({
    ...validity(subject.lifetimeMs),
    subject: [{ ...(subject.organization ? { O: [subject.organization] } : {}), CN: [subject.commonName] }],
    issuer: root.subject,
    publicKey: keys.publicKey,
    signingKey,
    signingAlgorithm,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth, ExtendedKeyUsage.serverAuth]),
      ...alternativeNames(subject.hosts ?? []),
    ],
  });
  return { certificate: certificate.toString('pem'), key: await privatePem(keys.privateKey) };
}

function alternativeNames(hosts: readonly string[]): SubjectAlternativeNameExtension[] {
  if (hosts.length === 0) return [];
  const names = hosts.map((host) => ({
    type: /^[\d.]+$/.test(host) ? ('ip' as const) : ('dns' as const),
    value: host,
  }));
  return [new SubjectAlternativeNameExtension(names)];
}

/** Starts a day early, so that a clock set back a little does not make every certificate invalid. */
function validity(lifetimeMs = defaultLifetimeMs): { notBefore: Date; notAfter: Date } {
  const now = systemClock.now();
  return { notBefore: new Date(now - dayMs), notAfter: new Date(now + lifetimeMs) };
}

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(keyAlgorithm, true, ['sign', 'verify']);
}

async function privatePem(key: webcrypto.CryptoKey): Promise<string> {
  return PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
}
