//! What an operation answers.

use openapiv3::{ReferenceOr, Response, Responses, StatusCode};

use super::{
    Reader,
    schema::target,
    sort::{data_of, is_envelope},
};
use crate::{
    Error,
    ir::facts::{Answer, AnswerKind, Basic, Object},
};

impl Reader {
    /// Every status, and the answer of the first that is a success or, failing that, a redirect.
    pub(super) fn answer(
        &mut self,
        operation: &str,
        typed: &Responses,
        schemas: &[Object],
    ) -> Result<(Vec<u16>, Answer), Error> {
        if typed.default.is_some() {
            self.cannot(operation, "a default answer");
        }
        let mut statuses = Vec::new();
        let mut successes = Vec::new();
        for (status, response) in &typed.responses {
            let StatusCode::Code(status) = *status else {
                self.cannot(operation, &format!("a range of statuses ({status})"));
                continue;
            };
            statuses.push(status);
            // 304 answers a condition of the request; it is no shape of its own.
            if (200..400).contains(&status) && status != 304 {
                successes.push((status, response));
            }
        }
        statuses.sort_unstable();
        successes.sort_by_key(|(status, _)| *status);
        let [(status, response), more @ ..] = &successes[..] else {
            return Err(Error::Broken(format!("{operation} never succeeds")));
        };
        if !more.is_empty() {
            self.cannot(operation, "more than one kind of success");
        }
        let ReferenceOr::Item(response) = response else {
            return Err(Error::Broken(format!("{operation} answers a reference")));
        };
        let answer = self.shape_of(operation, *status, response, schemas)?;
        Ok((statuses, answer))
    }

    fn shape_of(
        &mut self,
        operation: &str,
        status: u16,
        response: &Response,
        schemas: &[Object],
    ) -> Result<Answer, Error> {
        let plain = |kind| Answer { status, kind, object: None, bare: false };
        let Some((_, media)) = response.content.first() else {
            return Ok(plain(match status {
                204 => AnswerKind::NoContent,
                300..400 => AnswerKind::Redirect,
                _ => AnswerKind::Empty,
            }));
        };
        let Some(ReferenceOr::Reference { reference }) = &media.schema else {
            self.cannot(operation, "an answer whose schema has no name");
            return Ok(plain(AnswerKind::Empty));
        };
        let name = target(reference);
        let Some(schema) = schemas.iter().find(|schema| schema.name == name) else {
            return Err(Error::Broken(format!("{operation} answers {name}, which does not exist")));
        };
        if !is_envelope(schema) {
            return Ok(Answer { status, kind: AnswerKind::One, object: Some(name), bare: true });
        }
        let data = data_of(schema);
        let (kind, to) = match data.map(|data| data.kind) {
            Some(Basic::List) => (
                AnswerKind::List,
                data.and_then(|data| data.items.as_deref()).and_then(|item| item.to.clone()),
            ),
            _ => (AnswerKind::One, data.and_then(|data| data.to.clone())),
        };
        if to.is_none() {
            self.cannot(operation, "an answer of plain values");
            return Ok(plain(AnswerKind::Empty));
        }
        Ok(Answer { status, kind, object: to, bare: false })
    }
}
