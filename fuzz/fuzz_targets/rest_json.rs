//! Fuzzes requests of every operation.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    procura_wire::fuzzing::rest_json(data);
});
