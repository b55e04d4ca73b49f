/** An app that says its version, starts at once and takes two megabytes: what is left is the time of the rollout. */
export const smallWorkload = {
  command: [
    'sh',
    '-c',
    // As the first process it would not hear SIGTERM; as a child it does.
    'mkdir /tmp/www && echo "version $VERSION" > /tmp/www/index.html && cd /tmp/www && httpd -p 8080 -f & trap "kill $!; exit" TERM; wait',
  ],
  cpu: '1m',
  memory: '32Mi',
  health: { path: '/', intervalSeconds: 1 },
};

/** The image has no user of its own. */
export const smallCluster = { podTemplatePatch: { spec: { securityContext: { runAsUser: 1000 } } } };
export const smallImage = ['library/busybox', 'latest'] as const;
