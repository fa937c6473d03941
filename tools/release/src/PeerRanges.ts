/**
 * Changesets gives a plugin only a patch when the range of its peer moves, even when that is a new major of the core. Who
 * has the plugin as `^1.2.0` would then get, as a patch, a plugin that refuses the core they have. So a plugin whose peer
 * range moves must have a changeset of its own that lets it break: a major, or a minor while plugin and peer are at 0.x,
 * where a minor is what breaks.
 */
import getReleasePlan from "@changesets/get-release-plan"
import semver from "semver"
import { type Package, publicPackages, root } from "./Workspace.ts"

type Bump = "none" | "patch" | "minor" | "major"

export interface Release {
  readonly name: string
  readonly type: Bump
  readonly oldVersion: string
  readonly newVersion: string
}

export interface Plan {
  readonly changesets: ReadonlyArray<{
    readonly id: string
    readonly releases: ReadonlyArray<{ readonly name: string; readonly type: Bump }>
  }>
  readonly releases: ReadonlyArray<Release>
}

/** What the changesets in a clone amount to. */
export const planOf = async (from = root): Promise<Plan> => (await getReleasePlan(from)) as Plan

/** A package whose peer leaves its range, and what it needs. */
export interface Moved {
  readonly name: string
  readonly peer: string
  readonly from: string
  readonly to: string
  readonly needs: "minor" | "major"
  /** The strongest changeset of the package's own. */
  readonly has: Bump
}

const strength: ReadonlyArray<Bump> = ["none", "patch", "minor", "major"]

const ownBump = ({ changesets }: Plan, name: string): Bump =>
  changesets
    .flatMap(({ releases }) => releases)
    .filter((release) => release.name === name)
    .reduce<Bump>((most, { type }) => (strength.indexOf(type) > strength.indexOf(most) ? type : most), "none")

/** All packages whose range of a peer in this workspace moves, whether they have their changeset or not. */
export const moved = (plan: Plan, all: ReadonlyArray<Package>): ReadonlyArray<Moved> =>
  all.flatMap(({ name, manifest }) =>
    Object.keys(manifest.peerDependencies ?? {}).flatMap((peer) => {
      const release = plan.releases.find((one) => one.name === peer)
      if (release === undefined || semver.satisfies(release.newVersion, `^${release.oldVersion}`)) return []
      const breaksByMinor = release.type !== "major" && semver.major(manifest.version) === 0
      return [
        {
          name,
          peer,
          from: `^${release.oldVersion}`,
          to: `^${release.newVersion}`,
          needs: breaksByMinor ? ("minor" as const) : ("major" as const),
          has: ownBump(plan, name)
        }
      ]
    })
  )

/** The packages that would be released without the changeset they need, each with what to write. */
export const problemsOf = (all: ReadonlyArray<Moved>): ReadonlyArray<string> =>
  all
    .filter(({ needs, has }) => strength.indexOf(has) < strength.indexOf(needs))
    .map(
      ({ name, peer, from, to, needs, has }) =>
        `${name}: its peer range of ${peer} moves from ${from} to ${to}, and its own changesets ` +
        `${has === "none" ? "are missing" : `reach ${has} only`}. Add a changeset "${name}": ${needs}, which says what ` +
        `its users do now.`
    )

export const check = async (from = root): Promise<ReadonlyArray<string>> =>
  problemsOf(moved(await planOf(from), publicPackages(from)))
