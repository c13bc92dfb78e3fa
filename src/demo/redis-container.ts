const settings = ['--databases', '512', '--hz', '100'];

/** A container of the image the contract names, or why there is none; a throw-away, like the others. */
export async function startRedisContainer(): Promise<
  | { readonly kind: 'started'; readonly url: string; close(): Promise<void> }
  | { readonly kind: 'unavailable'; readonly reason: string }
> {
  try {
    // A dev dependency: whoever installed without these still has the other rungs.
    const { GenericContainer, Wait, getContainerRuntimeClient } = await import('testcontainers');
    await getContainerRuntimeClient();
    const container = await new GenericContainer('redis:8-alpine')
      .withCommand(['redis-server', '--protected-mode', 'no', '--save', '', ...settings])
      .withExposedPorts(6379)
      .withWaitStrategy(Wait.forLogMessage(/Ready to accept connections/))
      .start();
    return {
      kind: 'started',
      url: `redis://${container.getHost()}:${container.getMappedPort(6379)}`,
      async close() {
        await container.stop({ timeout: 0 });
      },
    };
  } catch (error) {
    return { kind: 'unavailable', reason: error instanceof Error ? error.message : String(error) };
  }
}
