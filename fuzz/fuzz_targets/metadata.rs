//! Fuzzes a discovery document.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    procura_protocol::oauth::fuzzing::metadata(data);
});
