//! Fuzzes a sealed value.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    procura_core::fuzzing::sealed(data);
});
