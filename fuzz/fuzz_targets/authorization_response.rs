//! Fuzzes what a browser comes back with from an authorization server.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    procura_protocol::oauth::fuzzing::authorization_response(data);
});
