//! Fuzzes an issuer's keys.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    procura_protocol::fuzzing::jwks(data);
});
