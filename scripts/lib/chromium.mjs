/** Finds a Chromium for the end-to-end tests, or installs one. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { environment } from "./bootstrap.mjs";

const { env } = process;

const places = [
  env.CHROMIUM_PATH,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/snap/bin/chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  ...[env.PROGRAMFILES, env["PROGRAMFILES(X86)"], env.LOCALAPPDATA].map(
    (folder) => folder && join(folder, "Google", "Chrome", "Application", "chrome.exe"),
  ),
];

/** Returns the path of a browser on this machine, or undefined. */
export function findChromium() {
  return places.find((path) => path && existsSync(path));
}

/**
 * Returns the environment variable that names the browser for the tests; none if they are to use
 * the one that Playwright downloads. `playwright` is the JavaScript file of its command.
 * @throws if there is no browser and none can be installed
 */
export function provideChromium(node, playwright) {
  const found = findChromium();
  if (found) return { CHROMIUM_PATH: found };
  const mayInstall = process.getuid?.() === 0 && existsSync("/usr/bin/apt-get");
  // The download alone lacks system libraries that a bare machine does not have.
  const withLibraries = mayInstall ? ["--with-deps"] : [];
  if (succeeds(node, [playwright, "install", ...withLibraries, "chromium"])) return {};
  if (mayInstall) {
    succeeds("apt-get", ["update", "-qq"]);
    succeeds("apt-get", ["install", "-y", "-qq", "chromium"]);
    const installed = findChromium();
    if (installed) return { CHROMIUM_PATH: installed };
  }
  throw new Error("No Chromium was found; install Chrome, or set CHROMIUM_PATH to a Chromium.");
}

function succeeds(file, args) {
  const options = { stdio: ["ignore", "ignore", "inherit"], env: environment() };
  return spawnSync(file, args, options).status === 0;
}
