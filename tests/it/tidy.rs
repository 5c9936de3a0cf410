//! What the compiler does not check: the layers of the house, one technology a room, sizes, words, links. Each rule is a
//! function from text to faults, and has a test that it finds one.

mod house;
mod layers;
mod rust_text;
mod sizes;
mod technologies;
mod words;
