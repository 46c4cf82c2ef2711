import * as m from '@covey/contracts/abi';
const t=new Map<string,string[]>();
for(const e of (m.knownErrorsAbi as any)) for(const i of e.inputs){ if(/^(address|bytes|string|tuple|bool)/.test(i.type)) continue; const k=i.name+' '+i.internalType; t.set(k,[...(t.get(k)??[]),e.name]);}
for(const [k,v] of [...t].sort()) console.log(k,'|',v.join(' '));
