use std::net::{IpAddr, SocketAddr};

use proptest::prelude::*;

use super::*;

fn url(text: &str) -> OutboundUrl {
    text.parse().unwrap_or_else(|error| {
        panic!("{text}: {error}");
    })
}

fn reach(text: &str) -> Reach {
    Reach::of(text.parse().unwrap())
}

fn rules(allow: &[&str]) -> Rules {
    let allow = allow.iter().map(|text| text.parse().unwrap()).collect();
    Rules::new(allow, [9400, 9401])
}

fn judged(rules: &Rules, text: &str) -> Result<(), Rule> {
    rules.judge_url(&url(text)).map_err(|refused| refused.rule)
}

#[test]
fn a_url_of_a_provider_is_read() {
    let read = url("https://login.example.com/tenant/oauth2/v2.0/token?p=policy%20one");
    assert_eq!(read.authority(), "login.example.com:443");
    assert_eq!(read.scheme(), Scheme::Https);
    assert_eq!(read.literal(), None);
    assert_eq!(
        read.as_str(),
        "https://login.example.com/tenant/oauth2/v2.0/token?p=policy%20one"
    );
    assert_eq!(url("HTTP://Example.COM:80").as_str(), "http://example.com/");
    assert_eq!(
        url("https://xn--bcher-kva.example/").host(),
        "xn--bcher-kva.example"
    );
    assert_eq!(url("https://[::1]:8443/").authority(), "[::1]:8443");
}

#[test]
fn a_text_that_would_be_repaired_is_refused() {
    for (bad, why) in [
        ("", InvalidUrl::Scheme),
        ("file:///etc/passwd", InvalidUrl::Scheme),
        ("javascript:alert(1)", InvalidUrl::Scheme),
        ("gopher://a.example/", InvalidUrl::Scheme),
        ("a:$(x)", InvalidUrl::Scheme),
        ("--flag", InvalidUrl::Scheme),
        ("https:a.example", InvalidUrl::Scheme),
        ("https:/a.example", InvalidUrl::Scheme),
        ("//a.example/", InvalidUrl::Scheme),
        ("https://", InvalidUrl::Host),
        ("https:///a.example/", InvalidUrl::Host),
        ("https://:443/", InvalidUrl::Host),
        ("https://?x", InvalidUrl::Host),
        ("https://a.example./", InvalidUrl::Host),
        ("https://localhost./", InvalidUrl::Host),
        ("https://a..example/", InvalidUrl::Host),
        ("https://a!b.example/", InvalidUrl::Host),
        ("https://%31%32%37.0.0.1/", InvalidUrl::Host),
        ("https://1.2.3.4.5/", InvalidUrl::Host),
        ("https://256.0.0.1/", InvalidUrl::Host),
        ("https://[fe80::1%25eth0]/", InvalidUrl::Host),
        ("https://[fe80::1%eth0]/", InvalidUrl::Host),
        ("https://[::1/", InvalidUrl::Host),
        ("https://ok.example@evil.example/", InvalidUrl::UserInfo),
        ("https://u:p@evil.example/", InvalidUrl::UserInfo),
        ("https://@evil.example/", InvalidUrl::UserInfo),
        ("https://a.example#@b.example/", InvalidUrl::Fragment),
        ("https://a.example/#", InvalidUrl::Fragment),
        ("https://a.example:/", InvalidUrl::Port),
        ("https://a.example:0/", InvalidUrl::Port),
        ("https://a.example:65536/", InvalidUrl::Port),
        ("https://a.example:+1/", InvalidUrl::Port),
        (" https://a.example/", InvalidUrl::Characters),
        ("https://a.example/\r\nHost: b", InvalidUrl::Characters),
        ("ht\ttps://a.example/", InvalidUrl::Characters),
        ("https://a.example\\@b.example/", InvalidUrl::Characters),
        ("https://a.example/\0", InvalidUrl::Characters),
        ("https://b\u{fc}cher.example/", InvalidUrl::Characters),
        ("https://\u{ff11}27.0.0.1/", InvalidUrl::Characters),
        ("https://a\u{3002}example/", InvalidUrl::Characters),
        ("https://a\u{ad}.example/", InvalidUrl::Characters),
        ("https://a.example/b/../c", InvalidUrl::Repaired),
        ("https://a.example/b/%2e%2e/c", InvalidUrl::Repaired),
        ("https://a.example/{tenant}/token", InvalidUrl::Repaired),
        ("https://a.example/?q='x'", InvalidUrl::Repaired),
    ] {
        assert_eq!(bad.parse::<OutboundUrl>(), Err(why), "{bad:?}");
    }
    let long = format!("https://a.example/{}", "x".repeat(2_048));
    assert_eq!(long.parse::<OutboundUrl>(), Err(InvalidUrl::TooLong));
    let long_label = format!("https://{}.example/", "x".repeat(64));
    assert_eq!(long_label.parse::<OutboundUrl>(), Err(InvalidUrl::Host));
}

#[test]
fn neither_debug_nor_a_refusal_shows_path_or_query() {
    let secret = url("https://[fd00:ec2::254]/hooks/T0P?token=s3cret");
    let refused = rules(&[]).judge_url(&secret).unwrap_err();
    for text in [
        format!("{secret:?}"),
        refused.to_string(),
        format!("{refused:?}"),
    ] {
        assert!(!text.contains("T0P") && !text.contains("s3cret"), "{text}");
        assert!(text.contains("fd00:ec2::254"), "{text}");
    }
}

/// Attack 72: each spelling is the address that it means.
#[test]
fn every_spelling_of_a_metadata_address_is_that_address() {
    let open = Rules::dev(
        vec!["0.0.0.0/0:*".parse().unwrap(), "[::]/0:*".parse().unwrap()],
        [],
    );
    for host in [
        "169.254.169.254",
        "2852039166",
        "0xa9fea9fe",
        "0XA9.0xFE.0xa9.0xfe",
        "0251.0376.0251.0376",
        "025177524776",
        "169.254.43518",
        "169.16689662",
        "[::ffff:169.254.169.254]",
        "[::ffff:a9fe:a9fe]",
        "[0:0:0:0:0:ffff:a9fe:a9fe]",
        "[::169.254.169.254]",
        "[::ffff:0:169.254.169.254]",
        "[2002:a9fe:a9fe::]",
        "[2002:a9fe:a9fe:1:2:3:4:5]",
        "[2001:0:a9fe:a9fe::]",
        "[2001::5601:5601]",
        "[64:ff9b::169.254.169.254]",
        "[64:ff9b:1::169.254.169.254]",
        "[64:ff9b:1:a9fe:a9:fe00::]",
        "[64:ff9b:1:a9:fe:a9fe::]",
        "[64:ff9b:1:0:a9:fea9:fe00::]",
        "169.254.170.2",
        "169.254.170.23",
        "100.100.100.200",
        "1684301000",
        "192.0.0.192",
        "168.63.129.16",
        "[fd00:ec2::254]",
        "[fd00:ec2::23]",
        "[fd00:0ec2:0:0:0:0:0:254]",
        "[fd20:ce::254]",
    ] {
        for text in [
            format!("https://{host}/latest"),
            format!("http://{host}:8080/"),
        ] {
            let verdict = judged(&open, &text);
            assert_eq!(verdict, Err(Rule::Never(Reach::Metadata)), "{text}");
        }
    }
    for name in [
        "metadata.google.internal",
        "METADATA.google.internal",
        "metadata",
    ] {
        let verdict = judged(&open, &format!("http://{name}/computeMetadata/v1/"));
        assert_eq!(verdict, Err(Rule::MetadataName), "{name}");
    }
}

#[test]
fn every_spelling_of_loopback_is_loopback() {
    for host in [
        "127.1",
        "127.0.0.1",
        "0x7f.1",
        "0177.0.0.1",
        "2130706433",
        "017700000001",
        "127.255.255.254",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[64:ff9b::7f00:1]",
    ] {
        let verdict = judged(&rules(&[]), &format!("https://{host}/"));
        assert_eq!(verdict, Err(Rule::NotAllowed(Reach::Loopback)), "{host}");
        let own = judged(&Rules::dev(vec![], [9400]), &format!("http://{host}:9400/"));
        assert_eq!(own, Err(Rule::OwnPort), "{host}");
    }
}

#[test]
fn the_registries_are_classified() {
    use Reach::{
        Broadcast, LinkLocal, Loopback, Multicast, Private, Public, Reserved, Unspecified,
    };
    for (text, class) in [
        ("1.1.1.1", Public),
        ("9.255.255.255", Public),
        ("11.0.0.0", Public),
        ("100.63.255.255", Public),
        ("100.128.0.0", Public),
        ("172.15.255.255", Public),
        ("172.32.0.0", Public),
        ("223.255.255.255", Public),
        ("10.0.0.0", Private),
        ("10.255.255.255", Private),
        ("100.64.0.1", Private),
        ("100.127.255.255", Private),
        ("172.16.0.0", Private),
        ("172.31.255.255", Private),
        ("192.168.0.1", Private),
        ("127.0.0.2", Loopback),
        ("0.0.0.0", Unspecified),
        ("0.1.2.3", Unspecified),
        ("169.254.1.1", LinkLocal),
        ("192.0.0.9", Reserved),
        ("192.0.2.1", Reserved),
        ("192.31.196.1", Reserved),
        ("192.52.193.1", Reserved),
        ("192.88.99.1", Reserved),
        ("192.175.48.1", Reserved),
        ("198.18.0.1", Reserved),
        ("198.19.255.255", Reserved),
        ("198.51.100.1", Reserved),
        ("203.0.113.1", Reserved),
        ("224.0.0.1", Multicast),
        ("239.255.255.255", Multicast),
        ("240.0.0.1", Reserved),
        ("255.255.255.255", Broadcast),
        ("2606:4700::1111", Public),
        ("2a00::1", Public),
        ("64:ff9b::101:101", Public),
        ("64:ff9b::10.0.0.1", Private),
        ("64:ff9b:1::101:101", Private),
        ("::ffff:10.0.0.1", Private),
        ("::ffff:8.8.8.8", Public),
        ("::ffff:0.0.0.0", Unspecified),
        ("::1", Loopback),
        ("::", Unspecified),
        ("::8.8.8.8", Reserved),
        ("::2", Unspecified),
        ("100::1", Reserved),
        ("100:0:0:1::1", Reserved),
        ("2001::1", Unspecified),
        ("2001:0:808:808::f7f7:f7f7", Reserved),
        ("2001:1::1", Reserved),
        ("2001:2::1", Reserved),
        ("2001:10::1", Reserved),
        ("2001:20::1", Reserved),
        ("2001:db8::1", Reserved),
        ("2002:808:808::1", Reserved),
        ("2002:7f00:1::", Reserved),
        ("2620:4f:8000::1", Reserved),
        ("3fff:fff::1", Reserved),
        ("3fff:1000::1", Public),
        ("4000::1", Reserved),
        ("5f00::1", Reserved),
        ("fc00::1", Private),
        ("fdff::1", Private),
        ("fe80::1", LinkLocal),
        ("febf::1", LinkLocal),
        ("fec0::1", Private),
        ("ff02::1", Multicast),
    ] {
        assert_eq!(reach(text), class, "{text}");
    }
}

#[test]
fn public_is_reached_over_https_only() {
    let rules = rules(&[]);
    assert_eq!(judged(&rules, "https://1.1.1.1/"), Ok(()));
    assert_eq!(judged(&rules, "https://[2606:4700::1111]:8443/"), Ok(()));
    assert_eq!(judged(&rules, "http://1.1.1.1/"), Err(Rule::PlainHttp));
    assert_eq!(judged(&rules, "http://1.1.1.1:443/"), Err(Rule::PlainHttp));
}

#[test]
fn an_allowance_opens_its_network_and_port_and_no_other() {
    let rules = rules(&["10.1.0.0/16:443", "[fd00::]/8:8443", "127.0.0.1/32:*"]);
    assert_eq!(judged(&rules, "https://10.1.2.3/"), Ok(()));
    assert_eq!(judged(&rules, "http://10.1.2.3:443/"), Ok(()));
    assert_eq!(judged(&rules, "https://[::ffff:10.1.2.3]/"), Ok(()));
    assert_eq!(judged(&rules, "https://[fd12::1]:8443/"), Ok(()));
    assert_eq!(judged(&rules, "http://127.0.0.1:1/"), Ok(()));
    let private = Err(Rule::NotAllowed(Reach::Private));
    assert_eq!(judged(&rules, "https://10.2.2.3/"), private);
    assert_eq!(judged(&rules, "https://10.1.2.3:8443/"), private);
    assert_eq!(judged(&rules, "https://[fd12::1]/"), private);
    assert_eq!(judged(&rules, "https://[64:ff9b::10.1.2.3]/"), private);
    let loopback = Err(Rule::NotAllowed(Reach::Loopback));
    assert_eq!(judged(&rules, "http://127.0.0.2:1/"), loopback);
    assert_eq!(judged(&rules, "http://127.0.0.1:9401/"), Err(Rule::OwnPort));
}

#[test]
fn what_is_never_reached_is_not_opened_by_an_allowance() {
    let open = rules(&["0.0.0.0/0:*", "[::]/0:*"]);
    for host in [
        "0.0.0.0",
        "0",
        "0x",
        "169.254.1.1",
        "169.254.169.254",
        "224.0.0.1",
        "255.255.255.255",
        "[::]",
        "[fe80::1]",
        "[ff02::1]",
        "[::ffff:169.254.1.1]",
        "[fd00:ec2::254]",
    ] {
        let verdict = judged(&open, &format!("https://{host}/"));
        assert!(matches!(verdict, Err(Rule::Never(_))), "{host} {verdict:?}");
    }
    assert_eq!(judged(&open, "http://10.0.0.1/"), Ok(()));
}

#[test]
fn dev_adds_loopback_except_our_own_ports() {
    let rules = Rules::dev(vec![], [9400, 9401]);
    assert_eq!(judged(&rules, "http://127.0.0.1:8080/"), Ok(()));
    assert_eq!(judged(&rules, "http://[::1]:8080/"), Ok(()));
    assert_eq!(judged(&rules, "http://127.9.9.9:9400/"), Err(Rule::OwnPort));
    assert_eq!(judged(&rules, "http://[::1]:9401/"), Err(Rule::OwnPort));
    let private = Err(Rule::NotAllowed(Reach::Private));
    assert_eq!(judged(&rules, "https://192.168.0.1/"), private);
}

#[test]
fn an_answer_with_a_forbidden_address_is_refused_and_others_are_left_out() {
    let rules = rules(&["127.0.0.1/32:443"]);
    let judge = |answer: &[&str]| {
        let answer: Vec<SocketAddr> = answer.iter().map(|text| text.parse().unwrap()).collect();
        rules
            .judge_answer("a.example", Scheme::Https, &answer)
            .map_err(|refused| refused.rule)
    };
    let public: SocketAddr = "1.1.1.1:443".parse().unwrap();
    assert_eq!(judge(&["10.0.0.1:443", "1.1.1.1:443"]), Ok(vec![public]));
    let metadata = Err(Rule::Never(Reach::Metadata));
    assert_eq!(judge(&["1.1.1.1:443", "169.254.169.254:443"]), metadata);
    assert_eq!(judge(&["10.0.0.1:443", "169.254.169.254:443"]), metadata);
    let private = Err(Rule::NotAllowed(Reach::Private));
    assert_eq!(judge(&["10.0.0.1:443", "[::1]:443"]), private);
    assert_eq!(judge(&[]), Ok(vec![]));
}

#[test]
fn an_allowance_is_read_strictly_and_printed_as_written() {
    for good in [
        "10.0.0.0/8:443",
        "[::1]/128:8080",
        "127.0.0.1/32:*",
        "[fd00::]/8:*",
    ] {
        assert_eq!(good.parse::<Allowance>().unwrap().to_string(), good);
    }
    for bad in [
        "",
        "10.0.0.0/8",
        "10.0.0.0:443",
        "10.0.0.0/33:443",
        "10.0.0.0/8:0",
        "::1/128:80",
        "10.0.0.0/8:+443",
        "10.0.0.0/+8:443",
        "[10.0.0.0]/8:443",
        "010.0.0.0/8:443",
        "10.0.0.0/8:65536",
        "10.0.0.0/8:",
        "[fe80::1%1]/128:80",
        "a.example/32:443",
        " 10.0.0.0/8:443",
        "10.0.0.0/264:443",
    ] {
        assert_eq!(
            bad.parse::<Allowance>(),
            Err(InvalidAllowance::Form),
            "{bad:?}"
        );
    }
    let error = "10.1.0.1/16:443".parse::<Allowance>().unwrap_err();
    assert!(error.to_string().contains("write 10.1.0.0/16"), "{error}");
    let mapped = "[::ffff:10.0.0.0]/104:443".parse::<Allowance>();
    assert_eq!(mapped, Err(InvalidAllowance::Mapped));
    for (never, class) in [
        ("169.254.0.0/16:*", Reach::LinkLocal),
        ("169.254.169.254/32:80", Reach::Metadata),
        ("[fd00:ec2::]/32:80", Reach::Metadata),
        ("[ff00::]/8:*", Reach::Multicast),
    ] {
        assert_eq!(
            never.parse::<Allowance>(),
            Err(InvalidAllowance::Never(class))
        );
    }
}

fn line() -> impl Strategy<Value = String> {
    let v4 = any::<[u8; 4]>().prop_map(|v4| IpAddr::from(v4).to_string());
    let v6 = prop_oneof![
        any::<[u16; 8]>(),
        any::<[u16; 2]>().prop_map(|[g, h]| [0x64, 0xff9b, 0, 0, 0, 0, g, h]),
        Just([0, 0, 0, 0, 0, 0xffff, 0xa9fe, 0xa9fe]),
    ]
    .prop_map(|v6| IpAddr::from(v6).to_string());
    prop_oneof![
        (v4.clone(), any::<u16>()).prop_map(|(v4, port)| format!("{v4}:{port}")),
        (v6.clone(), any::<u16>()).prop_map(|(v6, port)| format!("[{v6}]:{port}")),
        (v4, 0..=32u8).prop_map(|(v4, prefix)| format!("{v4}/{prefix}:*")),
        Just("0.0.0.0/0:*".to_owned()),
        Just("[::]/0:*".to_owned()),
        Just("127.0.0.1:9400".to_owned()),
        ".{0,20}",
    ]
}

fn first_line() -> impl Strategy<Value = String> {
    let number = any::<u32>().prop_map(|number| format!("https://{number:#o}/"));
    let v6 = any::<[u16; 8]>().prop_map(|v6| format!("https://[{}]/", IpAddr::from(v6)));
    prop_oneof![
        "https?://[a-z0-9.]{1,12}(:[0-9]{1,5})?/[!-~]{0,12}",
        "[hH]ttps://[ -~]{0,24}",
        number,
        v6,
        ".{0,24}",
    ]
}

proptest! {
    #[test]
    fn the_guard_lets_nothing_through_and_does_not_panic(
        first in first_line(),
        lines in proptest::collection::vec(line(), 0..6),
    ) {
        let text = format!("{first}\n{}", lines.join("\n"));
        prop_assert!(!fuzzing::guard(text.as_bytes()), "{text:?}");
    }

    #[test]
    fn the_guard_takes_any_bytes(data in proptest::collection::vec(any::<u8>(), 0..64)) {
        prop_assert!(!fuzzing::guard(&data));
    }

    #[test]
    fn a_mapped_address_is_of_the_class_of_its_ipv4_address(v4 in any::<[u8; 4]>()) {
        let v4 = std::net::Ipv4Addr::from(v4);
        prop_assert_eq!(Reach::of(v4.to_ipv6_mapped().into()), Reach::of(v4.into()));
        let [a, b, c, d] = v4.octets().map(u16::from);
        let nat64 = std::net::Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, a << 8 | b, c << 8 | d);
        prop_assert_eq!(Reach::of(nat64.into()), Reach::of(v4.into()));
    }
}
