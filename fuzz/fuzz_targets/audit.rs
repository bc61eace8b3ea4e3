//! Fuzzes records, exports and notes.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    procura_core::fuzzing::audit(data);
});
