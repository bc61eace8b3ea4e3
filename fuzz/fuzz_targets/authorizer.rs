//! Fuzzes the configuration of an inbound authorizer.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    procura_protocol::inbound::fuzzing::authorizer(data);
});
