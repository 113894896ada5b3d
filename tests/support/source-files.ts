/** Reads the project's source files, and checks in them what Next and types cannot check. */
import { readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { isProtectedPath } from "#lib/protected-paths.ts";

export interface SourceFile {
  /** From the root of the project, with forward slashes: "app/(account)/me/page.tsx". */
  path: string;
  text: string;
}

const root = join(import.meta.dirname, "..", "..");
const listFile = "lib/protected-paths.ts";

/** Groups of pages that all need a session. */
const protectedGroups = ["(account)", "(admin)"];

/** Reads the source files below these folders of the project. */
export function readSources(...folders: string[]): SourceFile[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => /\.(tsx?|m?js|css|svg)$/.test(file))
      .map((file) => readSource(`${folder}/${file.split(sep).join("/")}`)),
  );
}

export function readSource(path: string): SourceFile {
  return { path, text: readFileSync(join(root, path), "utf8") };
}

/** The URL path of a page or a route handler: "/me/[id]" of "app/(account)/me/[id]/page.tsx". */
export function urlPath(file: string): string {
  const segments = file.split("/").slice(1, -1);
  return `/${segments.filter((segment) => !/^[(@]/.test(segment)).join("/")}`;
}

export const isPage = ({ path }: SourceFile) => /\/page(\.dev)?\.tsx?$/.test(path);
const isRoute = ({ path }: SourceFile) => path.endsWith("/route.ts");

/** Returns a sentence for each page that needs a session and is not listed or does not ask for it. */
export function protectedPageMistakes(files: SourceFile[], listed: string[]): string[] {
  const pages = files.filter(isPage).map(({ path, text }) => ({
    file: path,
    path: urlPath(path),
    inGroup: path.split("/").some((segment) => protectedGroups.includes(segment)),
    asks: /\bawait requireSession\(/.test(withoutComments(text)),
    calls: /\brequireSession\(/.test(withoutComments(text)),
  }));
  const needing = pages.filter(({ inGroup, calls }) => inGroup || calls);
  const sentences = pages.flatMap(({ file, path, inGroup, asks, calls }) => {
    const isListed = isProtectedPath(path, listed);
    const mistakes: string[] = [];
    if ((inGroup || calls) && !isListed) mistakes.push(addToList(path, file));
    if (calls && !asks) mistakes.push(`Write "await requireSession()" in ${file}.`);
    if (!calls && (inGroup || isListed)) {
      const why = inGroup
        ? "every page of its group needs a session"
        : `${listFile} lists its path`;
      mistakes.push(`Call requireSession() in ${file}, or move it: ${why}.`);
    }
    return mistakes;
  });
  const unused = listed.filter(
    (path) => !needing.some((page) => isProtectedPath(page.path, [path])),
  );
  return [
    ...sentences,
    ...unused.map((path) => `Remove "${path}" from ${listFile}: no page there needs a session.`),
  ];
}

/** The list has fixed paths only, so a page is listed by what comes before its first parameter. */
function addToList(path: string, file: string): string {
  const fixed = path.replace(/\/\[.*$/, "");
  return fixed === ""
    ? `Move ${file} into a folder with a fixed name: ${listFile} cannot list "${path}", and it needs a session.`
    : `Add "${fixed}" to ${listFile}: ${file} needs a session.`;
}

/** Returns a sentence for each handler that says another path than it is mounted at. */
export function routePathMistakes(files: SourceFile[]): string[] {
  return files.filter(isRoute).flatMap(({ path: file, text }) => {
    const mounted = routePath(file);
    return saidPaths(text)
      .filter((said) => said !== mounted)
      .map((said) => `Write route("${mounted}", …) in ${file} instead of route("${said}", …).`);
  });
}

/** The paths that a handler's calls of route() say. */
export function saidPaths(text: string): string[] {
  return [...text.matchAll(/\broute\(\s*"([^"]*)"/g)].map(([, said = ""]) => said);
}

/** As route() and the logs write it: "/api/auth/sessions/{id}", and * for all the rest of a path. */
function routePath(file: string): string {
  return urlPath(file)
    .replace(/\[\[?\.\.\.[^\]]*\]\]?/g, "*")
    .replace(/\[([^\]]*)\]/g, "{$1}");
}

function withoutComments(text: string): string {
  return text.replace(/\/\*.*?\*\//gs, "").replace(/(^|\s)\/\/.*/g, "");
}

/** Returns a sentence for each line that has the product's name instead of importing it. */
export function productNameMistakes(files: SourceFile[], name: RegExp): string[] {
  const homes = ["lib/site.ts", "lib/protocol.ts"];
  return files
    .filter(({ path }) => !homes.includes(path))
    .flatMap(({ path, text }) =>
      text.split("\n").flatMap((line, index) => {
        const [found] = name.exec(line) ?? [];
        if (found === undefined) return [];
        return `${path}:${index + 1} says "${found}": import what people read from lib/site.ts, and what must never change from lib/protocol.ts.`;
      }),
    );
}
