/** Compares node_modules with package-lock.json. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Names the first package that `folder` lacks, or holds in another version than its lock file
 * says; undefined if there is none. Contents are compared, because `git clone` and `cp` change
 * modification times. Without `dev`, packages that only development needs may be missing.
 */
export function findMissing(folder, { dev }) {
  const wanted = readPackages(join(folder, "package-lock.json"));
  // npm writes it last, so an interrupted installation leaves none.
  const installed = readPackages(join(folder, "node_modules", ".package-lock.json"));
  return Object.keys(wanted).find((path) => {
    if (path === "") return false;
    if (path in installed) return !isSame(wanted[path], installed[path]);
    const { optional, dev: onlyDev, devOptional } = wanted[path];
    return !(optional || (!dev && (onlyDev || devOptional)));
  });
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).packages;
  } catch (error) {
    if (error.code === "ENOENT") return {};
    throw error;
  }
}

/** Also false for the binaries of another platform: node_modules was copied from there. */
function isSame(wanted, installed) {
  return (
    wanted.version === installed.version &&
    wanted.integrity === installed.integrity &&
    includes(installed.os, process.platform) &&
    includes(installed.cpu, process.arch)
  );
}

/** `os` and `cpu` of package.json: a name, or a list of them; "!name" excludes one. */
function includes(names = [], name) {
  const list = [names].flat();
  return list.includes(name) || list.every((one) => one.startsWith("!") && one !== `!${name}`);
}
