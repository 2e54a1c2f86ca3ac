//! Tag categories: upserted by external id, whole batches only.

use http::StatusCode;
use serde_json::{Value, json};

use super::{
    answer::{Answered, Fields, Read, invalid, parse, refuse},
    records::TagCategoryRecord,
    team::{MOST_ITEMS, Team},
};

impl Team {
    pub(crate) fn upsert_categories(&mut self, body: &[u8]) -> Answered {
        let body = parse(body).map_err(invalid)?;
        let list = Fields::of(&body).and_then(|fields| fields.list("tagCategories")).map_err(invalid)?;
        let list = list.ok_or_else(|| invalid("the body has no list of tagCategories".to_owned()))?;
        if list.len() > MOST_ITEMS {
            return Err(invalid(format!("a batch has at most {MOST_ITEMS} categories")));
        }
        let read = |(at, one)| Upsert::read(one).map_err(|reason| format!("category {at}: {reason}"));
        let upserts: Vec<_> = list.iter().enumerate().map(read).collect::<Result<_, _>>().map_err(invalid)?;
        let answers: Vec<Value> = upserts.iter().map(|one| self.upsert_category(one)).collect();
        Ok(json!({ "tagCategories": answers }))
    }

    fn upsert_category(&mut self, upsert: &Upsert<'_>) -> Value {
        let at = self.categories.iter().position(|one| one.external_id == upsert.external_id);
        let at = at.unwrap_or_else(|| {
            self.count += 1;
            self.categories.push(TagCategoryRecord {
                id: format!("tc-{}", self.count),
                external_id: upsert.external_id.to_owned(),
                label: String::new(),
                description: None,
                keywords: Vec::new(),
            });
            self.categories.len() - 1
        });
        let known = &mut self.categories[at];
        upsert.label.clone_into(&mut known.label);
        if let Some(description) = upsert.description {
            known.description = Some(description.to_owned());
        }
        if let Some(keywords) = &upsert.keywords {
            if !self.settings.category_keywords_add_up {
                known.keywords.clear();
            }
            for keyword in keywords {
                if !known.keywords.iter().any(|one| one == keyword) {
                    known.keywords.push((*keyword).to_owned());
                }
            }
        }
        let mut answer = json!({
            "id": known.id,
            "externalId": known.external_id,
            "label": known.label,
            "keywords": known.keywords,
        });
        if let (Some(description), Value::Object(members)) = (&known.description, &mut answer) {
            members.insert("description".to_owned(), description.as_str().into());
        }
        answer
    }

    /// Takes the category away, and every tag in it.
    pub(crate) fn delete_category(&mut self, body: &[u8]) -> Answered {
        let body = parse(body).map_err(invalid)?;
        let external = Fields::of(&body).and_then(|fields| fields.required("externalId")).map_err(invalid)?;
        let at = self.categories.iter().position(|one| one.external_id == external);
        let at = at.ok_or_else(|| refuse(StatusCode::NOT_FOUND, "there is no such tag category"))?;
        let gone = self.categories.remove(at);
        self.tags.retain(|tag| tag.category_id.as_ref() != Some(&gone.id));
        Ok(json!({}))
    }
}

struct Upsert<'a> {
    external_id: &'a str,
    label: &'a str,
    description: Option<&'a str>,
    keywords: Option<Vec<&'a str>>,
}

impl<'a> Upsert<'a> {
    fn read(value: &'a Value) -> Read<Self> {
        let fields = Fields::of(value)?;
        fields.text("id")?;
        Ok(Self {
            external_id: fields.required("externalId")?,
            label: fields.required("label")?,
            description: fields.full("description")?,
            keywords: fields.texts("keywords")?,
        })
    }
}
