// Issuers, and certificates with hostile texts that the daemon's own code signs.
import {execFileSync} from 'node:child_process';
import {createPrivateKey, createPublicKey} from 'node:crypto';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';

const TOP = fileURLToPath(new URL('../..', import.meta.url));
const BUILD = join(TOP, 'build', process.env.MODE ?? 'release');
const CATALOGUE = join(TOP, 'config', 'programme-2023.conf');

const folder = mkdtempSync(join(tmpdir(), 'xueshi-credential-'));
process.on('exit', () => rmSync(folder, {recursive: true}));

// An Ed25519 key of 32 equal bytes.
export function makeKey(id, byte, validFrom) {
  const der = Buffer.concat([
    Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, byte)]);
  const key = createPrivateKey({key: der, format: 'der', type: 'pkcs8'});
  const jwk = createPublicKey(key).export({format: 'jwk'});
  return {id, validFrom, jwk, pem: key.export({format: 'pem', type: 'pkcs8'})};
}

let configurations = 0;

// A configuration of the daemon with that issuer; returns its path.
export function configure({did, name = '新疆维吾尔自治区党委党校', base, keys}) {
  const prefix = join(folder, String(++configurations));
  const settings = keys.map(({id, pem, validFrom}) => {
    const file = `${prefix}-${id}.pem`;
    writeFileSync(file, pem, {mode: 0o600});
    return `{ id = "${id}"; file = "${file}"; valid_from = "${validFrom}"; }`;
  });
  writeFileSync(`${prefix}.conf`, `catalogues = [ "${CATALOGUE}" ];
issuer: { id = "${did}"; name = "${name}"; base_url = "${base}";
  keys = ( ${settings.join(', ')} ); };
`);
  return `${prefix}.conf`;
}

export function didDocument(configuration) {
  return JSON.parse(execFileSync(join(BUILD, 'xueshictl'), ['-c', configuration, 'did']));
}

// What the daemon would publish: [{issued, revoked, quads, text}], `text` the bytes of `issued`.
export function issue(configuration, certificates) {
  const input = certificates.map(one => JSON.stringify(one) + '\n').join('');
  const output = execFileSync(join(BUILD, 'issue-credentials'), ['-c', configuration],
    {input, encoding: 'utf8', maxBuffer: 1 << 28});
  return output.trimEnd().split('\n').map(line => {
    const {issued, revoked, quads} = JSON.parse(line);
    return {issued: JSON.parse(issued), revoked: revoked && JSON.parse(revoked), quads,
      text: issued};
  });
}

// xorshift32: the same certificates in each run.
export function makeRandom(seed) {
  let state = seed >>> 0 || 1;
  return below => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

const IDENTIFIER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:-';
const PIECES = [
  '阿依古丽·买买提', '𠮷', 'ئۇيغۇر', 'é', 'e\u0301', '👩‍🎓', '\u{10FFFD}', '\uFFFE', '\uFEFF', '\u2028',
  '\u200F', '"', '\\', '\\"', '\\u0041', '\\n', "'", '/',
  '</script>', '" .\n<a:b> <c:d> "', '@en',
  '^^<x:y>', '_:c14n0', '$name', '${x}', '%s', '%00', '&amp;', ' ', '  ', '\t', '\r\n', '{"@id":"x:y"}',
];

function character(random) {
  switch (random(6)) {
    case 0: return String.fromCodePoint(1 + random(0x1F));
    case 1: return String.fromCodePoint(0x7F + random(0x21));
    case 2: return String.fromCodePoint(0x20 + random(0x5F));
    case 3: return String.fromCodePoint(0x4E00 + random(0x5000));
    case 4: return String.fromCodePoint(0x10000 + random(0x100000));
    default: return PIECES[random(PIECES.length)];
  }
}

function hostile(random) {
  return Array.from({length: 1 + random(12)}, () => character(random)).join('');
}

function identifier(random) {
  return Array.from({length: 1 + random(20)}, () => IDENTIFIER[random(IDENTIFIER.length)]).join('');
}

function instant(random) {
  const at = new Date(Date.UTC(2023, 0, 2) + random(360 * 86400) * 1000);
  const fraction = ['', '.5', '.25', '.000001', '.123456'][random(5)];
  return at.toISOString().replace('.000Z', `${fraction}Z`);
}

export function certificate(random) {
  return {
    certificate_no: `2023-PSTC-${identifier(random)}`,
    version: 1 + random(random(2) ? 9 : 1000000),
    programme: {id: identifier(random), title: hostile(random), description: hostile(random),
      criteria: hostile(random)},
    term_id: identifier(random),
    holder: {name: hostile(random), id_number_masked: '650***********1234'},
    hours: random(3) ? random(3000) : 600,
    issued_at: instant(random),
    digest: Array.from({length: 64}, () => '0123456789abcdef'[random(16)]).join(''),
  };
}
