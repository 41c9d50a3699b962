// R25, R28, R29: a stranger's program verifies our certificates, offline, and nothing but them.
import assert from 'node:assert/strict';
import {webcrypto} from 'node:crypto';
import {test} from 'node:test';
import {importJWK, jwtVerify} from 'jose';
import {certificate, configure, didDocument, issue, makeKey, makeRandom} from './issuing.js';
import {canonize, isRevoked, verify} from './verifying.js';

globalThis.crypto ??= webcrypto; // node 18 has it under that name only

const WEB = 'did:web:certificates.example.org';
const BASE = 'https://certificates.example.org';
const KEYS = [
  makeKey('key-1', 7, '2023-01-01T00:00:00Z'), makeKey('key-2', 9, '2024-01-01T00:00:00Z')];
const MANY = 300;

const web = configure({did: WEB, base: BASE, keys: KEYS.slice(0, 1)});
const webDid = didDocument(web);

function certificates(seed, count) {
  const random = makeRandom(seed);
  return Array.from({length: count}, () => certificate(random));
}

function sample(changes) {
  return {...certificates(42, 1)[0], issued_at: '2023-10-12T08:30:00.25Z', ...changes};
}

async function assertVerified(credential, documents) {
  const answer = await verify(credential, documents);
  assert.ok(answer.verified, answer.error?.errors?.join() ?? String(answer.error));
}

async function assertRefused(credential, documents, what) {
  assert.equal((await verify(credential, documents)).verified, false, what);
}

function jwtOf({kid}, token, key) {
  return importJWK(key.jwk, 'EdDSA').then(jwk =>
    jwtVerify(token, jwk, {algorithms: ['EdDSA'], typ: 'vc+jwt', issuer: kid.split('#')[0]}));
}

test('the canonical form is that of JSON-LD, byte for byte', async () => {
  for (const {issued, quads} of issue(web, certificates(1, MANY)))
    assert.equal(quads, await canonize(issued.credential));
});

test('proofs verify under did:web', async () => {
  for (const {issued} of issue(web, certificates(2, MANY)))
    await assertVerified(issued.credential, [webDid]);
});

test('proofs verify under did:web with a port, under another address', async () => {
  const did = 'did:web:localhost%3A8443';
  const configuration = configure({did, base: 'https://localhost:8443', keys: KEYS.slice(0, 1)});
  for (const {issued} of issue(configuration, certificates(3, 20)))
    await assertVerified(issued.credential, [didDocument(configuration)]);
});

test('proofs verify under did:key', async () => {
  const {publicKeyMultibase} = webDid.verificationMethod[0];
  const did = `did:key:${publicKeyMultibase}`;
  const configuration = configure({did, base: BASE, keys: KEYS.slice(0, 1)});
  const document = didDocument(configuration);
  assert.deepEqual(document.assertionMethod, [`${did}#${publicKeyMultibase}`]);
  for (const {issued} of issue(configuration, certificates(4, 100)))
    await assertVerified(issued.credential, [document]);
});

test('texts arrive as they were', () => {
  const made = certificates(5, MANY);
  issue(web, made).forEach(({issued: {credential}}, i) => {
    assert.equal(credential.credentialSubject.name, made[i].holder.name);
    assert.equal(credential.credentialSubject.achievement.name, made[i].programme.title);
    assert.equal(credential.credentialSubject.achievement.criteria.narrative,
      made[i].programme.criteria);
    assert.equal(Number(credential.credentialSubject.result[0].value) * 10, made[i].hours);
  });
});

test('the JWT verifies and claims the same', async () => {
  for (const {issued} of issue(web, certificates(6, MANY))) {
    const {proof, ...claims} = issued.credential;
    const kid = proof[0].verificationMethod;
    const {payload, protectedHeader} = await jwtOf({kid}, issued.credential_jwt, KEYS[0]);
    assert.deepEqual(protectedHeader, {alg: 'EdDSA', typ: 'vc+jwt', cty: 'vc', kid});
    const {iss, sub, jti, nbf, ...rest} = payload;
    assert.deepEqual(rest, claims);
    assert.deepEqual([iss, sub, jti], [WEB, claims.credentialSubject.id, claims.id]);
    assert.equal(nbf, Math.floor(Date.parse(claims.validFrom) / 1000));
  }
});

test('an altered JWT is refused', async () => {
  const [{issued}] = issue(web, [sample()]);
  const kid = issued.credential.proof[0].verificationMethod;
  const [header, payload, signature] = issued.credential_jwt.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url'));
  const encode = value => Buffer.from(JSON.stringify(value)).toString('base64url');
  claims.credentialSubject.name = '别人';
  const altered = [
    [header, encode(claims), signature],
    [encode({alg: 'none', typ: 'vc+jwt'}), payload, ''],
    [header, payload, Buffer.alloc(64).toString('base64url')],
  ];
  await jwtOf({kid}, issued.credential_jwt, KEYS[0]);
  for (const parts of altered)
    await assert.rejects(jwtOf({kid}, parts.join('.'), KEYS[0]));
  await assert.rejects(jwtOf({kid}, issued.credential_jwt, KEYS[1]));
});

test('each alteration of a credential is refused', async () => {
  const [{issued: {credential}}] = issue(web, [sample()]);
  const alterations = {
    name: c => c.credentialSubject.name += ' ',
    'masked number': c => c.credentialSubject.identifier[0].identityHash = '650***********1235',
    hours: c => c.credentialSubject.result[0].value = '90',
    'certificate number': c => c.credentialSubject.licenseNumber += '0',
    term: c => c.credentialSubject.term += '0',
    programme: c => c.credentialSubject.achievement.name += '!',
    criteria: c => c.credentialSubject.achievement.criteria.narrative = 'nothing',
    'issuer\'s name': c => c.issuer.name += '!',
    issuer: c => c.issuer.id = 'did:web:elsewhere.example.org',
    'date of issue': c => c.validFrom = '2023-10-12T08:30:00.26Z',
    evidence: c => c.evidence[0].id = c.evidence[0].id.replace(/.$/, d => d === '0' ? '1' : '0'),
    'status list': c => c.credentialStatus.statusListCredential += '0',
    'no status': c => delete c.credentialStatus,
    'place in the list': c => c.credentialStatus.statusListIndex = '1',
    id: c => c.id += '0',
    type: c => c.type.pop(),
    'unknown member': c => c.credentialSubject.degree = 'doctor',
    'known member': c => c.description = 'more',
    'date of the proof': c => c.proof[0].created = '2023-10-12T08:30:01Z',
    'purpose of the proof': c => c.proof[0].proofPurpose = 'authentication',
    signature: c => c.proof[0].proofValue =
      c.proof[0].proofValue.replace(/.$/, d => d === '2' ? '3' : '2'),
    'no proof': c => delete c.proof,
  };
  await assertVerified(credential, [webDid]);
  for (const [what, alter] of Object.entries(alterations)) {
    const altered = structuredClone(credential);
    alter(altered);
    assert.notDeepEqual(altered, credential, what);
    await assertRefused(altered, [webDid], what);
  }
});

test('another\'s key in the issuer\'s name is refused', async () => {
  const key = {...KEYS[1], id: 'key-1', validFrom: '2023-01-01T00:00:00Z'};
  const forger = configure({did: WEB, base: BASE, keys: [key]});
  const [{issued}] = issue(forger, [sample()]);
  await assertVerified(issued.credential, [didDocument(forger)]);
  await assertRefused(issued.credential, [webDid], 'forged');
});

test('r29: a version that stands is valid, a revoked one revoked', async () => {
  const made = certificates(7, 50).map(one => ({...one, revoked_at: '2024-02-01T00:00:00.5Z'}));
  for (const {issued, revoked} of issue(web, made)) {
    const {credential, status_lists: [valid, ...others]} = issued;
    assert.equal(others.length, 0);
    assert.equal(valid.id, credential.credentialStatus.statusListCredential);
    await assertVerified(valid, [webDid]);
    assert.equal(await isRevoked(credential, [webDid, valid]), false);
    assert.equal(revoked.status_lists.length, 1);
    assert.equal(await isRevoked(credential, [webDid, ...revoked.status_lists]), true);
  }
});

test('r29: a replaced version is revoked, the one in its place valid', async () => {
  const first = sample({version: 1});
  const second = {...first, version: 2, holder: {...first.holder, name: 'Gulnar'},
    issued_at: '2023-10-11T00:00:00Z', replaced_version: 1, replaced_at: first.issued_at};
  const [before, after] = issue(web, [first, second]).map(({issued}) => issued);
  const served = [webDid, ...after.status_lists];
  assert.equal(await isRevoked(before.credential, served), true);
  assert.equal(await isRevoked(after.credential, served), false);
  assert.deepEqual(after.status_lists.map(({validFrom}) => validFrom),
    [second.issued_at, first.issued_at]);
});

test('an altered status list is not believed', async () => {
  const [{issued, revoked}] = issue(web, [sample({revoked_at: '2024-01-01T00:00:00Z'})]);
  const [valid] = issued.status_lists, [list] = revoked.status_lists;
  const alterations = [
    c => c.credentialSubject.encodedList = valid.credentialSubject.encodedList,
    c => c.validFrom = valid.validFrom,
    c => c.proof = valid.proof,
    c => c.issuer = 'did:web:elsewhere.example.org',
    c => delete c.proof,
  ];
  assert.equal(await isRevoked(issued.credential, [webDid, list]), true);
  for (const alter of alterations) {
    const altered = structuredClone(list);
    alter(altered);
    await assert.rejects(isRevoked(issued.credential, [webDid, altered]));
  }
  await assert.rejects(isRevoked(issued.credential, [webDid]), 'not served');
});

test('key rotation: old certificates go on verifying, a rebuild gives the same bytes', async () => {
  const rotated = configure({did: WEB, base: BASE, keys: [...KEYS].reverse()});
  const document = didDocument(rotated);
  assert.equal(document.verificationMethod.length, 2);
  const old = certificates(8, 20), before = issue(web, old);
  assert.deepEqual(issue(rotated, old).map(({text}) => text), before.map(({text}) => text));
  for (const {issued} of before) {
    await assertVerified(issued.credential, [document]);
    const kid = issued.credential.proof[0].verificationMethod;
    await jwtOf({kid}, issued.credential_jwt, KEYS[0]);
  }
  const [{issued: last}, {issued: next}] = issue(rotated, [
    sample({issued_at: '2023-12-31T23:59:59.999999Z'}),
    sample({issued_at: '2024-01-01T00:00:00Z'}),
  ]);
  assert.equal(last.credential.proof[0].verificationMethod, `${WEB}#key-1`);
  assert.equal(next.credential.proof[0].verificationMethod, `${WEB}#key-2`);
  await assertVerified(last.credential, [document]);
  await assertVerified(next.credential, [document]);
  await assertRefused(next.credential, [webDid], 'a key that the document does not have');
  await jwtOf({kid: `${WEB}#key-2`}, next.credential_jwt, KEYS[1]);
});

test('r28: of the person only name and masked number', () => {
  const [{issued: {credential}, text}] = issue(web, [sample()]);
  const claims = JSON.stringify(credential);
  for (const word of ['t1', 'e1', 'BOC', 'x1'])
    assert.ok(!claims.includes(`"${word}"`), word);
  assert.ok(!/[:[,]-?\d/.test(claims.replace(/"(\\.|[^"\\])*"/g, '""')), 'a JSON number');
  assert.ok(Buffer.byteLength(text) < 12000);
});
