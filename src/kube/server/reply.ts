/** What a handler needs of a request. Bodies are refused before: nothing here takes one. */
export interface Request {
  path: string;
  query: URLSearchParams;
  headers: Readonly<Record<string, string | string[] | undefined>>;
}

export interface Reply {
  status: number;
  body: string;
  type?: string;
  headers?: Readonly<Record<string, string>>;
}

export type RequestHandler = (request: Request) => Promise<Reply>;

export const notFound: Reply = { status: 404, body: 'not found\n' };
