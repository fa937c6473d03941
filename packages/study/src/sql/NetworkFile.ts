/** Whether a file lies on a network file system, where SQLite can't keep several processes apart. */

import * as fs from "node:fs"
import * as path from "node:path"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/** Raised where a SQLite file would lie on a network file system. Nothing was written. */
export class NetworkFileSystem extends Schema.TaggedError<NetworkFileSystem>()("NetworkFileSystem", {
  file: Schema.String,
  mount: Schema.String,
  kind: Schema.String
}) {
  override get message(): string {
    return (
      `${this.file} would lie on ${this.mount}, a network file system (${this.kind}). SQLite can't keep several processes` +
      " apart there, and the study would be damaged. Use PostgreSQL (a database such as postgres://user@host/name; the" +
      " trials' folders may stay here), or a folder on a local disk."
    )
  }
}

const network =
  /^(nfs\d?|cifs|smb\d?|smbfs|smbfuse|9p|drvfs|afs|ceph|lustre|gpfs|beegfs(_nodev)?|glusterfs|gfs2?|ocfs2|pvfs2|orangefs|panfs|wekafs|davfs|ncpfs|coda)$/
const networkFuse =
  /^fuse\.(sshfs|glusterfs|ceph(-fuse)?|s3fs|rclone|goofys|gcsfuse|davfs2?|smbnetfs|curlftpfs|juicefs|moosefs|mfsmount|beegfs|orangefs|geesefs|blobfuse2?|mount-s3)$/

export interface Mount {
  readonly folder: string
  readonly kind: string
}

/** The mounts of a text such as `/proc/self/mounts`. Blanks in names are written there as `\040`. */
export const parseMounts = (text: string): ReadonlyArray<Mount> =>
  text
    .split("\n")
    .map((line) => line.split(" "))
    .flatMap(([, folder, kind]) =>
      folder === undefined || kind === undefined
        ? []
        : [
            {
              folder: folder.replace(/\\([0-7]{3})/g, (_, code) => String.fromCharCode(Number.parseInt(code, 8))),
              kind
            }
          ]
    )

/** The mount that a file lies on: the deepest folder above it; of two at one folder the later one, which hides the other. */
export const mountOf = (file: string, mounts: ReadonlyArray<Mount>): Mount | undefined =>
  mounts.reduce<Mount | undefined>((best, mount) => {
    const folder = mount.folder.endsWith("/") ? mount.folder : `${mount.folder}/`
    const isAbove = `${file}/`.startsWith(folder)
    return isAbove && (best === undefined || mount.folder.length >= best.folder.length) ? mount : best
  }, undefined)

/** Fails where the file would lie on a network file system. `mounts` are those of the machine. */
export const refuseNetwork = (file: string, mounts: ReadonlyArray<Mount>): Effect.Effect<void, NetworkFileSystem> => {
  const mount = mountOf(file, mounts)
  return mount !== undefined && (network.test(mount.kind) || networkFuse.test(mount.kind))
    ? Effect.fail(new NetworkFileSystem({ file, mount: mount.folder, kind: mount.kind }))
    : Effect.void
}

/** The file's path without symbolic links, as far as its folders exist. */
export const realFile = (file: string): string => {
  const absolute = path.resolve(file)
  try {
    return fs.realpathSync(absolute)
  } catch {
    const parent = path.dirname(absolute)
    return parent === absolute ? absolute : path.join(realFile(parent), path.basename(absolute))
  }
}

/** The mounts of this machine; none where it has no `/proc`. */
export const mountsHere: Effect.Effect<ReadonlyArray<Mount>> = Effect.sync(() => {
  try {
    return parseMounts(fs.readFileSync("/proc/self/mounts", "utf8"))
  } catch {
    return []
  }
})
