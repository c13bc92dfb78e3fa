import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inspectBinary, type RedisBinary } from './redis-server.ts';

const run = promisify(execFile);
const packages = ['redis-server', 'redis-tools'];

/**
 * Redis out of Debian's or Ubuntu's own packages, unpacked under `cacheFolder`: nothing is installed, no root is needed,
 * and apt's own lists and caches stay as they are. Null where there is no apt. Throws where apt fails.
 */
export async function fetchRedisPackages(
  cacheFolder: string,
  onProgress?: (sentence: string) => void,
): Promise<RedisBinary | null> {
  if (!existsSync('/usr/bin/apt-get') || !existsSync('/usr/bin/dpkg')) return null;
  const home = join(cacheFolder, `redis-${process.arch}`);
  const cached = await inspectUnpacked(home);
  if (cached !== null) return cached;
  onProgress?.(
    'No Redis here: fetching one from the packages of this Linux, without installing it.',
  );
  // Whoever else fetches at this moment works in a folder of his own; the first rename wins and serves all.
  const workshop = join(cacheFolder, `fetching-${randomUUID()}`);
  try {
    await unpackPackages(workshop);
    await rename(join(workshop, 'root'), home).catch(async (error: unknown) => {
      if ((await inspectUnpacked(home)) !== null) return;
      // What lies there does not run (any more), so nobody uses it.
      await rm(home, { recursive: true, force: true });
      await rename(join(workshop, 'root'), home).catch(() => {
        throw error;
      });
    });
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
  return inspectUnpacked(home);
}

async function unpackPackages(workshop: string): Promise<void> {
  const folders = { lists: join(workshop, 'lists'), cache: join(workshop, 'cache') };
  const debs = join(workshop, 'debs');
  const root = join(workshop, 'root');
  for (const folder of [...Object.values(folders), debs, root]) {
    await mkdir(folder, { recursive: true });
  }
  const settings = join(workshop, 'apt.conf');
  await writeFile(settings, aptSettings(folders));
  const apt = (tool: string, args: readonly string[]) =>
    run(`/usr/bin/${tool}`, ['-c', settings, ...args], { cwd: debs });
  try {
    // One source of many that does not answer need not matter: the download tells.
    await apt('apt-get', ['update']).catch(() => {});
    const { stdout } = await apt('apt-cache', ['depends', ...packages]);
    await apt('apt-get', ['download', ...packages, ...(await missingLibraries(stdout))]);
  } catch (cause) {
    const said = (cause as { stderr?: string }).stderr?.trim() ?? String(cause);
    throw new Error(`apt could not fetch ${packages.join(' and ')} (${said})`, { cause });
  }
  for (const deb of await readdir(debs)) await run('dpkg', ['-x', join(debs, deb), root]);
}

// Read after the system's settings, so that mirrors and proxies stay; `APT::Update` holds hooks that would touch the
// system's caches. The lists of icons and commands that are left out are the larger part of an update.
function aptSettings(folders: { readonly lists: string; readonly cache: string }): string {
  return [
    '#clear APT::Update;',
    `Dir::State::Lists "${folders.lists}";`,
    `Dir::Cache "${folders.cache}";`,
    'Dir::Cache::pkgcache "pkgcache.bin";',
    'Dir::Cache::srcpkgcache "";',
    'APT::Sandbox::User "root";',
    'Acquire::Languages "none";',
    'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";',
    'Acquire::IndexTargets::deb::CNF::DefaultEnabled "false";',
    '',
  ].join('\n');
}

/** Of `apt-cache depends`: the libraries (Lua's modules among them) that the system does not have. */
async function missingLibraries(depends: string): Promise<string[]> {
  const names = [...depends.matchAll(/^ [ |]Depends: ((?:lib|lua)[\w.+-]+)$/gm)];
  const { stdout } = await run('dpkg-query', [
    '-W',
    '-f',
    '$' + '{Package} $' + '{db:Status-Status}\n',
  ]);
  const installed = new Set(stdout.split('\n'));
  return [...new Set(names.flatMap((match) => match[1] ?? []))].filter(
    (name) => !installed.has(`${name} installed`),
  );
}

/** The libraries lie in `usr/lib/<triplet>`, older ones in `lib/<triplet>`. */
async function inspectUnpacked(root: string): Promise<RedisBinary | null> {
  const path = join(root, 'usr/bin/redis-server');
  if (!existsSync(path)) return null;
  const folders: string[] = [];
  for (const folder of [join(root, 'usr/lib'), join(root, 'lib')]) {
    if (!existsSync(folder)) continue;
    const inside = await readdir(folder, { withFileTypes: true });
    folders.push(...inside.filter((e) => e.isDirectory()).map((e) => join(folder, e.name)));
  }
  return inspectBinary(path, folders.join(':'));
}
