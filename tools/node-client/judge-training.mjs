// Judges a training run on synthetic people, for whom the best possible score is known.
// usage: node judge-training.mjs EVALUATION.json   (what `facevoice evaluate --features SYNTHETIC --json` printed)
// Exit code 1 where the run stayed near chance, fell short of the optimum, or found "something" in shuffled pairs.
import { readFileSync } from "node:fs";

const [file] = process.argv.slice(2);
if (!file) {
  console.error("usage: node judge-training.mjs EVALUATION.json");
  process.exit(2);
}

// Far wider than a full training needs (it comes within 0.01), for the demo's is short.
const mayFallShortBy = 0.03;
const shuffledMayLeaveHalfBy = 0.03;

const evaluation = JSON.parse(readFileSync(file, "utf8"));
const failures = [];

function compare(name, { auc, best_possible_auc: best }) {
  console.log(`  ${name.padEnd(28)} AUC ${auc.estimate.toFixed(3)} [${auc.lower.toFixed(3)}, ${auc.upper.toFixed(3)}]   best possible ${best.toFixed(3)}   chance 0.500`);
  if (!(auc.estimate >= best - mayFallShortBy)) failures.push(`${name}: ${auc.estimate.toFixed(3)} falls short of ${best.toFixed(3)} by more than ${mayFallShortBy}`);
}

console.log(`\n${evaluation.identities} unseen synthetic people:`);
compare("against anybody (U)", evaluation.uncontrolled.verification);
compare("against the same gender (G)", evaluation.gender_controlled.verification);
console.log(`  ${"shuffled pairs, as a control".padEnd(28)} AUC ${evaluation.shuffled_auc.toFixed(3)}`);
if (!(Math.abs(evaluation.shuffled_auc - 0.5) <= shuffledMayLeaveHalfBy)) failures.push(`shuffled pairs score ${evaluation.shuffled_auc.toFixed(3)} where 0.5 is the truth`);

for (const failure of failures) console.error(`judge-training: ${failure}`);
process.exitCode = failures.length > 0 ? 1 : 0;
