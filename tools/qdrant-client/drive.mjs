// Drives a Qdrant server, or a double of one, with Qdrant's own client; ends with code 0 when every answer is as that client's users expect.
// Usage: node drive.mjs CLIENT_FOLDER URL API_KEY
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [folder, url, apiKey] = process.argv.slice(2);
const entry = createRequire(pathToFileURL(resolve(folder, 'package.json'))).resolve('@qdrant/js-client-rest');
const { QdrantClient } = await import(pathToFileURL(entry));
console.warn = () => {};
const client = new QdrantClient({ url, apiKey, timeout: 10_000 });
const name = 'driven';
const id = n => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

assert.equal((await client.versionInfo()).version.split('.')[0], '1');
assert.equal((await client.collectionExists(name)).exists, false);
assert.equal(await client.createCollection(name, { vectors: { joint: { size: 4, distance: 'Cosine' }, speaker: { size: 2, distance: 'Cosine' } } }), true);
await assert.rejects(client.createCollection(name, { vectors: { joint: { size: 4, distance: 'Cosine' } } }), e => e.status === 409 || /already exists/.test(JSON.stringify(e.data ?? e.message)));
assert.ok((await client.getCollections()).collections.some(c => c.name === name));
await client.createPayloadIndex(name, { wait: true, field_name: 'identity', field_schema: 'keyword' });
const info = await client.getCollection(name);
assert.equal(info.status, 'green');
assert.equal(info.config.params.vectors.joint.size, 4);
assert.equal(info.payload_schema.identity.data_type, 'keyword');

const written = await client.upsert(name, {
    wait: true,
    points: [
        { id: id(1), vector: { joint: [2, 0, 0, 0] }, payload: { identity: 'a', age: 3, tags: ['x', 'y'], ts: '2026-01-02T00:00:00Z' } },
        { id: id(2), vector: { joint: [1, 1, 0, 0], speaker: [0, 3] }, payload: { identity: 'b', age: 5.5 } },
        { id: 7, vector: { joint: [0, 0, 1, 0] }, payload: {} },
        { id: id(3), vector: {}, payload: { schema: true } },
    ],
});
assert.equal(written.status, 'completed');
await assert.rejects(client.upsert(name, { wait: true, points: [{ id: id(4), vector: { joint: [1, 2] } }] }));
await assert.rejects(client.upsert(name, { wait: true, points: [{ id: 'no uuid', vector: { joint: [1, 2, 3, 4] } }] }));

const found = (await client.query(name, { query: [1, 0, 0, 0], using: 'joint', limit: 2, with_payload: true })).points;
assert.deepEqual(found.map(p => p.id), [id(1), id(2)]);
assert.ok(Math.abs(found[0].score - 1) < 1e-6 && Math.abs(found[1].score - Math.SQRT1_2) < 1e-6);
assert.equal(found[0].payload.identity, 'a');
assert.deepEqual((await client.query(name, { query: [0, 1], using: 'speaker' })).points.map(p => [p.id, p.payload ?? null]), [[id(2), null]]);
assert.equal((await client.query(name, { query: [1, 0, 0, 0], using: 'joint', score_threshold: 0.9 })).points.length, 1);
const batch = await client.queryBatch(name, { searches: [
    { query: [0, 0, 1, 0], using: 'joint', limit: 1 },
    { query: [1, 0, 0, 0], using: 'joint', limit: 3, filter: { must: [{ key: 'identity', match: { any: ['b', 'c'] } }] } },
] });
assert.deepEqual(batch.map(b => b.points.map(p => p.id)), [[7], [id(2)]]);

const count = async filter => (await client.count(name, { filter, exact: true })).count;
assert.equal(await count({ must: [{ key: 'tags', match: { value: 'y' } }] }), 1);
assert.equal(await count({ must_not: [{ has_id: [id(1), 7] }] }), 2);
assert.equal(await count({ must: [{ key: 'age', range: { gt: 3, lte: 5.5 } }] }), 1);
assert.equal(await count({ must: [{ key: 'ts', range: { gte: '2026-01-01T00:00:00Z', lt: '2026-01-03T00:00:00Z' } }] }), 1);
assert.equal(await count({ should: [{ key: 'identity', match: { value: 'a' } }, { must: [{ key: 'age', range: { gte: 5 } }] }] }), 2);
assert.equal(await count({ must: [{ key: 'identity', match: { except: ['a'] } }] }), 1);

const first = await client.scroll(name, { limit: 3, with_vector: ['joint'] });
assert.deepEqual(first.points.map(p => p.id), [7, id(1), id(2)]);
assert.deepEqual(first.points[1].vector.joint, [1, 0, 0, 0]);
const second = await client.scroll(name, { limit: 3, offset: first.next_page_offset });
assert.deepEqual(second.points.map(p => p.id), [id(3)]);
assert.equal(second.next_page_offset ?? null, null);
assert.deepEqual((await client.retrieve(name, { ids: [id(2), id(99)], with_vector: true })).map(p => p.vector.speaker), [[0, 1]]);

await client.updateCollectionAliases({ actions: [{ create_alias: { collection_name: name, alias_name: 'live' } }] });
assert.ok((await client.getAliases()).aliases.some(a => a.alias_name === 'live' && a.collection_name === name));
assert.equal((await client.count('live', { exact: true })).count, 4);
await client.updateCollectionAliases({ actions: [{ delete_alias: { alias_name: 'live' } }] });
await assert.rejects(client.count('live', { exact: true }));

await client.delete(name, { wait: true, points: [7] });
await client.delete(name, { wait: true, filter: { must: [{ key: 'identity', match: { value: 'a' } }] } });
assert.equal(await count(undefined), 2);
await assert.rejects(new QdrantClient({ url, apiKey: 'wrong', checkCompatibility: false }).getCollections());
assert.equal(await client.deleteCollection(name), true);
console.log('driven');
