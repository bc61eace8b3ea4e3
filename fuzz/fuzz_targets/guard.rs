//! Fuzzes what may be reached.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    assert!(!procura_protocol::egress::fuzzing::guard(data), "let through what never may be");
});
