/** The chart for the README: the share of Next.js's own speed that we and the peers reach. */
import type { Result } from "../parts/throughput.ts";

const width = 720;
const labelWidth = 190;
const barHeight = 14;
const gap = 4;
const groupGap = 16;

const colours = ["#0f766e", "#a8a29e", "#d6d3d1", "#78716c"];

/** Operations that every system of this kind has, by their names in the results. */
const shown = [
  "refresh, a write each",
  "refresh, as in real life",
  "me",
  "protected page",
  "logout",
];

export function chart(results: Result[]): string {
  const groups = results.filter(({ name }) => shown.includes(name));
  const peers = [...new Set(groups.flatMap((result) => Object.keys(result.peers)))];
  const names = ["Latchkey", ...peers];
  const parts: string[] = [];
  let y = 34;
  for (const { name, ratio, peers: theirs } of groups) {
    const ratios = [ratio, ...peers.map((peer) => theirs[peer]?.ratio)];
    const height = ratios.length * (barHeight + gap);
    parts.push(text(labelWidth - 12, y + height / 2 + 1, name, 'text-anchor="end"'));
    for (const [index, value] of ratios.entries()) {
      if (value !== undefined) parts.push(bar(y, value, colours[index] ?? "#a8a29e"));
      y += barHeight + gap;
    }
    y += groupGap;
  }
  const legend = names.map((name, index) => {
    const x = labelWidth + index * 130;
    const square = `<rect x="${x}" y="8" width="11" height="11" rx="2" fill="${colours[index]}"/>`;
    return square + text(x + 17, 18, name);
  });
  const title = "Requests per second, as a share of an empty handler of the same Next.js";
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y + 14}" role="img" aria-label="${title}" font-family="system-ui, sans-serif" font-size="12">
<rect width="100%" height="100%" rx="8" fill="#fff"/>
${[...legend, ...parts, text(labelWidth, y + 4, `${title} (100 %)`, 'fill-opacity="0.6"')].join("\n")}
</svg>
`;
}

function bar(y: number, value: number, colour: string): string {
  const full = width - labelWidth - 60;
  const length = Math.max(2, Math.min(1, value) * full);
  const rect = `<rect x="${labelWidth}" y="${y}" width="${length.toFixed(1)}" height="${barHeight}" rx="3" fill="${colour}"/>`;
  return rect + text(labelWidth + length + 6, y + 11, `${(value * 100).toFixed(0)} %`);
}

function text(x: number, y: number, content: string, attributes = ""): string {
  return `<text x="${x.toFixed(1)}" y="${y}" fill="#1c1917" ${attributes}>${content}</text>`;
}
