//! The fake firm, asked as `clio-api` asks Clio.

use clio_core::{
    Base, Body, Clock, Error, Id, Payload, RequestParts, Selection,
    response::{self, RawResponse},
    schema::{Object, Operation, objects, operations as op},
};
use clio_fixtures::{ClioWorld, VirtualClock};
use clio_model::people::{Contact, NewContact, PersonName, UserDetail};

/// The fake firm, asked as `clio-api` asks Clio.
pub(super) struct Firm {
    pub(super) world: ClioWorld,
    clock: std::sync::Arc<VirtualClock>,
    base: Base,
}

impl Firm {
    pub(super) fn new() -> Self {
        let clock = VirtualClock::new();
        let world = ClioWorld::firm(7).clock(clock.clone()).rate_limit(None).start();
        let base = Base::parse(&format!("{}/api/v4", world.host_url())).unwrap();
        Self { world, clock, base }
    }

    pub(super) fn send(&self, parts: RequestParts) -> RawResponse {
        self.try_send(parts).unwrap()
    }

    pub(super) fn try_send(&self, parts: RequestParts) -> Result<RawResponse, Error> {
        let operation = parts.operation();
        let token = self.world.token().access.expose().to_owned();
        let request = parts.header("authorization", format!("Bearer {token}")).into_http(&self.base).unwrap();
        let request = request.map(|payload| match payload {
            Payload::Bytes(bytes) => bytes,
            _ => Vec::new().into(),
        });
        let (head, body) = self.world.handle(request, self.clock.now()).into_parts();
        RawResponse { status: head.status, headers: head.headers, body }.check(operation)
    }

    pub(super) fn create<Op: Operation, O: Object, S: Selection<O>>(&self, draft: &impl Body<Op>) -> S {
        let answer = self.send(RequestParts::new::<Op>().select::<O, S>().body::<Op>(draft).unwrap());
        assert_eq!(answer.status.as_u16(), 201);
        response::one::<O, S>(&answer, Op::INFO).unwrap()
    }

    pub(super) fn update<Op: Operation, O: Object, S: Selection<O>>(
        &self,
        id: &str,
        change: &impl Body<Op>,
    ) -> S {
        let parts = RequestParts::new::<Op>().path(id).select::<O, S>().body::<Op>(change).unwrap();
        response::one::<O, S>(&self.send(parts), Op::INFO).unwrap()
    }

    pub(super) fn get<Op: Operation, O: Object, S: Selection<O>>(&self, id: &str) -> S {
        let answer = self.send(RequestParts::new::<Op>().path(id).select::<O, S>());
        response::one::<O, S>(&answer, Op::INFO).unwrap()
    }

    pub(super) fn list<Op: Operation, O: Object, S: Selection<O>>(&self, parts: RequestParts) -> Vec<S> {
        let page = response::list::<O, S>(&self.send(parts.select::<O, S>()), Op::INFO, &self.base).unwrap();
        page.records.into_iter().map(Result::unwrap).collect()
    }

    pub(super) fn all<Op: Operation, O: Object, S: Selection<O>>(&self) -> Vec<S> {
        self.list::<Op, O, S>(RequestParts::new::<Op>())
    }

    pub(super) fn matter(&self) -> Id<objects::Matter> {
        Id::new(self.world.matters()[0].id)
    }

    pub(super) fn user(&self) -> Id<objects::User> {
        Id::new(self.world.users()[0].id)
    }

    pub(super) fn contact(&self, first_name: &str) -> Contact {
        self.create::<op::CreateContact, objects::Contact, _>(&NewContact::new(person(first_name)))
    }

    pub(super) fn calendar(&self) -> Id<objects::Calendar> {
        let user = self.get::<op::GetUser, objects::User, UserDetail>(&self.user().to_string());
        user.default_calendar_id.unwrap()
    }
}

pub(super) fn person(first_name: &str) -> PersonName {
    PersonName::new(first_name, "Osei").unwrap()
}
