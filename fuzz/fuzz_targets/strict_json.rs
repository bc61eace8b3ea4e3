//! Fuzzes a body before it is read.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    procura_protocol::fuzzing::strict_json(data);
});
