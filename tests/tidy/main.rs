//! What the compiler does not check: no circles between files, the order of the rooms, one technology a room, sizes, words,
//! links. Each rule is a function from sources to faults, and has a test that it finds one.

mod circles;
mod house;
mod layers;
mod modules;
mod paths;
mod profile;
mod sizes;
mod technologies;
mod words;
