//! Fuzzes a signed request, without its body.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    procura_protocol::fuzzing::sigv4(data);
});
