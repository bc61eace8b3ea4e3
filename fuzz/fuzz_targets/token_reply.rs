//! Fuzzes the answer of a token endpoint.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    procura_protocol::oauth::fuzzing::token_reply(data);
});
