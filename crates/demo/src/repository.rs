//! `GET /api/repositories`: each user has others, and a client's own token sees those of the
//! harbour.

use serde_json::{Value, json};

/// Name, whether it is private, and what it is.
type Repository = (&'static str, bool, &'static str);

const HARBOUR: [Repository; 3] = [
    ("lighthouse", false, "Charts of the coast"),
    ("ledger", true, "Who owes whom"),
    ("orchard", false, "Apples, by variety"),
];
const ALICE: [Repository; 3] = [
    ("wonderland", false, "Maps of a place that changes"),
    ("looking-glass", true, "Everything, the other way round"),
    ("tea-party", false, "Invitations and excuses"),
];
const BOB: [Repository; 4] = [
    ("builder", false, "Houses from a plan"),
    ("toolbox", false, "What is lent, and to whom"),
    ("invoices", true, "Work that is not paid yet"),
    ("crane", false, "Steers a crane"),
];
const CAROL: [Repository; 3] = [
    ("choir", false, "Scores in four voices"),
    ("bells", false, "Rings the hours"),
    ("diary", true, "Not for you"),
];
const DAVE: [Repository; 3] = [
    ("airlock", false, "Opens doors, or does not"),
    ("chess", false, "Plays, and loses"),
    ("log", true, "Of a long journey"),
];
const ERIN: [Repository; 3] = [
    ("island", false, "Weather, mostly rain"),
    ("ferry", false, "When the boat goes"),
    ("recipes", true, "Soups"),
];

/// What a token sees, if it may see any.
pub(crate) fn of(user: Option<&str>) -> Value {
    let repositories: &[Repository] = match user {
        None => &HARBOUR,
        Some("alice") => &ALICE,
        Some("bob") => &BOB,
        Some("carol") => &CAROL,
        Some("dave") => &DAVE,
        Some("erin") => &ERIN,
        Some(_) => &[],
    };
    repositories
        .iter()
        .map(|(name, private, description)| {
            json!({ "name": name, "private": private, "description": description })
        })
        .collect()
}
