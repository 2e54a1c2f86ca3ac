//! Bills: counted here and in the fake firm, walked through their states here and there.

mod amounts;
mod bounds;
mod change;
mod desk;
mod properties;
mod random_bill;
mod standing;
mod states;
