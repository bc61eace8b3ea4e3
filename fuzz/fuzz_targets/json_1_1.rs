//! Fuzzes requests of every operation of user pools.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    procura_wire::fuzzing::json_1_1(data);
});
