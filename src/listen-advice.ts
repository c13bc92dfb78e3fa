/** Why the API could not listen, and what to do; null where the address is not the reason. */
export function adviseOnListening(
  error: unknown,
  { host, port }: { readonly host: string; readonly port: number },
): string | null {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall !== 'listen' && syscall !== 'getaddrinfo') return null;
  switch (code) {
    case 'EADDRINUSE':
      return `Something listens at port ${port} already, perhaps this service. Set PORT to a free one, or see who it is: ss -ltnp 'sport = :${port}'.`;
    case 'EACCES':
      return `This user may not listen at port ${port}. Set PORT to one above 1023.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `HOST (${host}) is no address of this machine. Set it to one that is, such as 127.0.0.1, or 0.0.0.0 for all.`;
    default:
      return null;
  }
}
