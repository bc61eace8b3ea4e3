//! Fuzzes the encoding of a place.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    procura_core::fuzzing::aad(data);
});
