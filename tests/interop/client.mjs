import grpc from '@grpc/grpc-js';
import { GrpcReflection } from 'grpc-js-reflection-client';
const address = process.argv[2], credentials = grpc.ChannelCredentials.createInsecure();
const reflection = new GrpcReflection(address, credentials);
console.log('services', await reflection.listServices());
async function client(name) {
  const descriptor = await reflection.getDescriptorBySymbol(name);
  const root = descriptor.getPackageObject({ keepCase: true, enums: String, longs: Number, defaults: true });
  const Service = name.split('.').reduce((at, part) => at[part], root);
  return new Service(address, credentials);
}
const call = (c, m, q) => new Promise((ok, no) => c[m](q, (e, r) => e ? no(e) : ok(r)));
const stream = (c, m, q, each) => new Promise((ok, no) => { const s = c[m](q); s.on('data', each); s.on('end', ok); s.on('error', no); });
console.log('health', await call(await client('grpc.health.v1.Health'), 'Check', {}));
const profiler = await client('fasterseg.profiler.v1.ProfilerService'), tables = await client('fasterseg.profiler.v1.LatencyTableService');
console.log('device', (await call(profiler, 'GetDevice', {})).device.name);
const space = { height: 64, width: 64, fch: 8, width_ratios: [0.5, 8 / 12], layers: 4, classes: 3, teacher_stem_ratio: 8 / 12, teacher_head_ratio: 8 / 12, student_stem_ratio: 0.5, student_head_ratio: 0.5 };
let last, seen = 0;
await stream(profiler, 'BuildTable', { space, options: { relative_half_width: 0.1, minimum_samples: 6, maximum_seconds: 0.02 } }, m => { last = m; seen++; });
console.log('built', last.table_id, last.done, 'of', last.total, seen, 'messages');
const chunks = [];
await stream(tables, 'GetTable', { id: last.table_id }, m => chunks.push(m.chunk));
const table = JSON.parse(Buffer.concat(chunks).toString());
console.log('table', table.entries.length, 'entries', table.identity.device_name, table.entries[0]);
