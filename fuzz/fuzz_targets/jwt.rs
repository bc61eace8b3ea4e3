//! Fuzzes a user's token.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    procura_protocol::fuzzing::jwt(data);
});
