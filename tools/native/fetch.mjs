// Brings the native parts named in packages.json into third_party/: each tarball is fetched by the npm client,
// its SHA-512 compared with the one written down here, and only the wanted paths are unpacked.
// A package that is already there in the right version is left alone, so a second run takes milliseconds.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..", "..", "third_party");
const { packages } = JSON.parse(readFileSync(join(here, "packages.json"), "utf8"));

/** The line that marks a folder as complete; it changes when the package, its hash or the list of kept paths changes. */
const stampOf = (p) => createHash("sha256").update(JSON.stringify(p)).digest("hex");

function isComplete(p) {
  const stamp = join(root, p.into, ".complete");
  return existsSync(stamp) && readFileSync(stamp, "utf8") === stampOf(p);
}

function sha512Of(file) {
  return "sha512-" + createHash("sha512").update(readFileSync(file)).digest("base64");
}

function fetch(p) {
  const scratch = mkdtempSync(join(tmpdir(), "facevoice-native-"));
  try {
    execFileSync("npm", ["pack", "--ignore-scripts", "--silent", `${p.name}@${p.version}`], { cwd: scratch, stdio: ["ignore", "ignore", "inherit"] });
    const tarball = join(scratch, readdirSync(scratch).find((f) => f.endsWith(".tgz")));
    const found = sha512Of(tarball);
    if (found !== p.integrity) {
      throw new Error(`${p.name}@${p.version}: the tarball's hash is ${found}, expected ${p.integrity}. Nothing was unpacked.`);
    }
    const unpacked = join(scratch, "unpacked");
    mkdirSync(unpacked);
    const members = p.keep.map((k) => "package/" + k.replace(/\/$/, ""));
    execFileSync("tar", ["-xzf", tarball, "-C", unpacked, "--strip-components=1", "--no-same-owner", ...members], { stdio: ["ignore", "ignore", "inherit"] });
    writeFileSync(join(unpacked, ".complete"), stampOf(p));
    const target = join(root, p.into);
    rmSync(target, { recursive: true, force: true });
    moveInto(unpacked, target);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Renames where scratch and target share a file system, copies beside the target first where they do not. */
function moveInto(from, target) {
  try {
    renameSync(from, target);
  } catch (error) {
    if (error.code !== "EXDEV") throw error;
    const beside = target + ".partial";
    rmSync(beside, { recursive: true, force: true });
    execFileSync("cp", ["-a", from, beside]);
    renameSync(beside, target);
  }
}

mkdirSync(root, { recursive: true });
for (const p of packages) {
  if (isComplete(p)) continue;
  process.stderr.write(`  ${p.name} ${p.version} (${p.license}) ... `);
  try {
    fetch(p);
  } catch (error) {
    process.stderr.write("failed\n");
    process.stderr.write(`tools/native/fetch.mjs: ${error.message}\n`);
    process.exit(1);
  }
  process.stderr.write("verified\n");
}
