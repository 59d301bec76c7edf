#!/usr/bin/env node
/** The laboratory in a terminal: `survives run`, `survives list`, `survives litmus`, `survives conform`, `survives explain`. Exit codes are in {@link exitCodes}. */
import {
  LabError,
  expandRelease,
  runLaboratory,
  scenarioVariant,
  systemList,
  usualSystemList,
} from '../engine/laboratory.ts';
import { cases } from '../engine/explain/explain.ts';
import { parseScenario } from '../engine/scenario-text.ts';
import type { Problem } from '../model/problem.ts';
import type { LabReport } from '../model/report.ts';
import {
  readArguments,
  type ConformCommand,
  type ExplainCommand,
  type LitmusCommand,
  type RunCommand,
} from './arguments.ts';
import { fileText, releaseText, scenarioIds, scenarioText } from './catalogue.ts';
import { conformAnswer, conformText } from './conform.ts';
import { caseList, lectureFor, lectureText } from './explain.ts';
import { litmusAnswer, litmusText } from './litmus.ts';
import { reportTable } from './table.ts';

/** What the exit code says. */
const exitCodes = { asExpected: 0, notAsExpected: 1, notSearched: 2, usage: 64 } as const;

const usageText = `Usage: survives run SCENARIO [--on debian,nixos] [--cut 41% | --search every-op]
                    [--drive power-loss-protected,4096] [--seed 7]
                    [--release classroom|full] [--variant NAME] [--why] [--json]
       survives list
       survives litmus FILE [--json]
       survives conform DIR [--json]
       survives explain [CASE | FILE.json] [--on ext4,xfs,btrfs,vfat]
                    [--drive lies] [--json]

--why tells every fate with all its reasons and their sources; without, one sentence each.
SCENARIO is an id from the list or a file. Exit code 0: as the scenario expects; 1: not;
2: something asked for was not searched; 64: bad usage or a bad scenario.
A drive is described by volatile, power-loss-protected or write-through (its cache), 512 or 4096
(its sectors), honours-flush or lies; with commas between.
FILE holds litmus tests, recorded from real file systems. Exit code 0: the engine agrees with all.
DIR holds recordings of real systems: updates, saves, deletions. Exit code 0: nothing unexplained;
64: no recording is in it.
CASE is a classic case of crash consistency; without one, explain lists them. FILE.json holds a
program of your own: {"setup": [...], "ops": [...], "observe": [...], "fs": "ext4"}.`;

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function complain(text: string): void {
  process.stderr.write(`${text}\n`);
}

function list(): number {
  const systems = systemList();
  const names = systems.map((system) => system.id);
  say('Scenarios');
  for (const id of scenarioIds()) {
    const parsed = parseScenario(scenarioText(id), names);
    say(`  ${id.padEnd(20)} ${parsed.ok ? parsed.value.title : 'has mistakes'}`);
    for (const { id: variant, label } of parsed.ok ? parsed.value.variants : []) {
      say(`    --variant ${variant.padEnd(20)} ${label}`);
    }
  }
  say('\nSystems');
  for (const { id, name, mechanism, onRequest } of systems) {
    const note = onRequest === true ? ' (with --on only)' : '';
    say(`  ${id.padEnd(20)} ${name}, ${mechanism}${note}`);
  }
  return exitCodes.asExpected;
}

function exitCode(report: LabReport): number {
  if (report.systems.some((system) => !system.searched.complete)) return exitCodes.notSearched;
  return report.disappointments.length === 0 ? exitCodes.asExpected : exitCodes.notAsExpected;
}

function complainOf(file: string, problems: readonly Problem[]): number {
  for (const { line, column, text, why, fix } of problems) {
    complain(`${file}:${String(line)}:${String(column)}: ${text}`);
    if (why !== undefined) complain(`    ${why}`);
    if (fix !== undefined) complain(`    ${fix}`);
  }
  return exitCodes.usage;
}

function litmus({ file, json }: LitmusCommand): number {
  const answer = litmusAnswer(fileText(file));
  if (!answer.ok) return complainOf(file, answer.problems);
  const { report } = answer;
  say(json ? JSON.stringify(report) : litmusText(report));
  if (report.totals.notModelled > 0) return exitCodes.notSearched;
  return report.totals.ok === report.totals.tests ? exitCodes.asExpected : exitCodes.notAsExpected;
}

function conformTo({ folder, json }: ConformCommand): number {
  const report = conformAnswer(folder);
  say(json ? JSON.stringify(report) : conformText(report));
  if (report.runs.length === 0) {
    complain(`survives: no recording of a known shape in ${folder}`);
    return exitCodes.usage;
  }
  return report.unexplained === 0 ? exitCodes.asExpected : exitCodes.notAsExpected;
}

function explain({ topic, fileSystems, drive, json }: ExplainCommand): number {
  if (topic === undefined) {
    say(json ? JSON.stringify(cases) : caseList());
    return exitCodes.asExpected;
  }
  const lecture = lectureFor(topic, fileSystems, drive);
  if (!lecture.ok) return complainOf(topic, lecture.problems);
  say(json ? JSON.stringify(lecture.value) : lectureText(lecture.value));
  const isComplete = lecture.value.fileSystems.every((part) => part.isComplete);
  return isComplete ? exitCodes.asExpected : exitCodes.notSearched;
}

function run(command: RunCommand): number {
  const known = systemList().map((system) => system.id);
  const parsed = parseScenario(scenarioText(command.scenario), known);
  if (!parsed.ok) return complainOf(command.scenario, parsed.problems);
  const scenario = scenarioVariant(parsed.value, command.variant);
  const report = runLaboratory({
    scenario,
    systems: command.systems ?? usualSystemList(),
    release: expandRelease(releaseText(command.release)),
    seed: command.seed,
    ...(command.cut === undefined ? {} : { cut: command.cut }),
    ...(command.policy === undefined ? {} : { policy: command.policy }),
    ...(command.drive === undefined ? {} : { drive: command.drive }),
  });
  say(command.json ? JSON.stringify(report) : reportTable(report, command.why));
  return exitCode(report);
}

function main(typed: readonly string[]): number {
  const command = readArguments(typed);
  switch (command.kind) {
    case 'help':
      say(usageText);
      return exitCodes.asExpected;
    case 'usage':
      complain(`survives: ${command.text}`);
      complain(usageText);
      return exitCodes.usage;
    case 'list':
      return list();
    case 'litmus':
      return litmus(command);
    case 'conform':
      return conformTo(command);
    case 'explain':
      return explain(command);
    case 'run':
      return run(command);
  }
}

try {
  process.exitCode = main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof LabError)) throw error;
  complain(`survives: ${error.message}`);
  process.exitCode = exitCodes.usage;
}
