//! Tags: upserted by name, with keywords and metadata.

use std::collections::HashSet;

use http::StatusCode;
use serde_json::{Value, json};

use super::{
    answer::{Answered, Fields, Read, Refusal, faulty_items, invalid, parse, refuse},
    records::{TagRecord, Visibility},
    team::{MOST_ITEMS, Team},
};

impl Team {
    pub(crate) fn upsert_tag(&mut self, body: &[u8]) -> Answered {
        let body = parse(body).map_err(invalid)?;
        let tag = Upsert::read(&body).map_err(invalid)?;
        self.within_plan(std::iter::once(&tag))?;
        self.upsert(&tag);
        Ok(json!({}))
    }

    pub(crate) fn upsert_tags(&mut self, body: &[u8]) -> Answered {
        let body = parse(body).map_err(invalid)?;
        let tags = Fields::of(&body).and_then(|fields| fields.list("tags")).map_err(invalid)?;
        let tags = tags.ok_or_else(|| invalid("the body has no list of tags".to_owned()))?;
        if tags.len() > MOST_ITEMS {
            return Err(invalid(format!("a batch has at most {MOST_ITEMS} tags")));
        }
        let (mut good, mut errors) = (Vec::new(), Vec::new());
        for (index, tag) in tags.iter().enumerate() {
            match Upsert::read(tag) {
                Ok(tag) => good.push(tag),
                Err(reason) => errors.push((index, reason)),
            }
        }
        if errors.is_empty() || self.settings.keeps_good_tags {
            self.within_plan(good.iter())?;
            for tag in &good {
                self.upsert(tag);
            }
        }
        match errors.as_slice() {
            [] => Ok(json!({"errors": []})),
            _ if self.settings.silent_refusals => Err(invalid("a tag of the batch is faulty".to_owned())),
            errors => Err(faulty_items(errors)),
        }
    }

    /// 402 when this would make more tags than the plan of the team has.
    fn within_plan<'a>(&self, tags: impl Iterator<Item = &'a Upsert<'a>>) -> Result<(), Refusal> {
        let Some(most) = self.settings.tag_limit else { return Ok(()) };
        let known: HashSet<&str> = self.tags.iter().map(|tag| tag.name.as_str()).collect();
        let new: HashSet<&str> = tags.map(|tag| tag.name).filter(|name| !known.contains(name)).collect();
        if new.is_empty() || known.len() + new.len() <= most {
            return Ok(());
        }
        Err(refuse(StatusCode::PAYMENT_REQUIRED, "the plan of the team has no room for more tags"))
    }

    /// Creates or updates by name. What is empty or absent stays as it was; keywords and metadata only grow.
    fn upsert(&mut self, tag: &Upsert<'_>) {
        let at = self.tags.iter().position(|known| known.name == tag.name).unwrap_or_else(|| {
            self.count += 1;
            self.tags.push(TagRecord::new(self.count, tag.name, !tag.exclude_name));
            self.tags.len() - 1
        });
        let known = &mut self.tags[at];
        for (text, slot) in [
            (tag.description, &mut known.description),
            (tag.external_id, &mut known.external_id),
            (tag.url, &mut known.url),
            (tag.category_id, &mut known.category_id),
            (tag.managed_by, &mut known.managed_by),
            (tag.default_activity_type_code, &mut known.default_activity_type_code),
        ] {
            if let Some(text) = text {
                *slot = Some(text.to_owned());
            }
        }
        if let Some(path) = tag.path {
            path.clone_into(&mut known.path);
        }
        if let Some(visibility) = tag.visibility {
            known.visibility = visibility;
        }
        if let Some(assignees) = &tag.assignees {
            known.assignee_external_ids = assignees.iter().map(|one| (*one).to_owned()).collect();
        }
        for (name, value) in &tag.metadata {
            known.metadata.insert((*name).to_owned(), (*value).to_owned());
        }
        add_keywords(known, &tag.keywords);
    }

    pub(crate) fn delete_tag(&mut self, body: &[u8]) -> Answered {
        let body = parse(body).map_err(invalid)?;
        let fields = Fields::of(&body).map_err(invalid)?;
        let (name, id) = (fields.full("name").map_err(invalid)?, fields.full("id").map_err(invalid)?);
        let at = match (name, id) {
            (Some(name), _) => self.tags.iter().position(|tag| tag.name == name),
            (None, Some(id)) => self.tags.iter().position(|tag| tag.id == id),
            (None, None) => return Err(invalid("a name or an id is required".to_owned())),
        };
        self.tags.remove(at.ok_or_else(no_such_tag)?);
        Ok(json!({}))
    }

    pub(crate) fn delete_metadata(&mut self, body: &[u8]) -> Answered {
        let body = parse(body).map_err(invalid)?;
        let fields = Fields::of(&body).map_err(invalid)?;
        let names = fields.texts("metadataNames").map_err(invalid)?;
        let names = names.ok_or_else(|| invalid("metadataNames is required".to_owned()))?;
        let tag = self.named(fields)?;
        for name in names {
            tag.metadata.remove(name);
        }
        Ok(json!({}))
    }

    pub(crate) fn add_keywords(&mut self, body: &[u8]) -> Answered {
        let body = parse(body).map_err(invalid)?;
        let fields = Fields::of(&body).map_err(invalid)?;
        let keywords = fields.texts("additionalKeywords").map_err(invalid)?.unwrap_or_default();
        if keywords.iter().all(|keyword| keyword.trim().is_empty()) {
            return Err(invalid("additionalKeywords is required".to_owned()));
        }
        add_keywords(self.named(fields)?, &keywords);
        Ok(json!({}))
    }

    pub(crate) fn delete_keyword(&mut self, body: &[u8]) -> Answered {
        let body = parse(body).map_err(invalid)?;
        let fields = Fields::of(&body).map_err(invalid)?;
        let keyword = fields.required("keyword").map_err(invalid)?;
        let tag = self.named(fields)?;
        let at = tag.keywords.iter().position(|one| one == keyword);
        tag.keywords.remove(at.ok_or_else(|| refuse(StatusCode::NOT_FOUND, "the tag has no such keyword"))?);
        Ok(json!({}))
    }

    /// The tag that a request calls by its `tagName`.
    fn named(&mut self, fields: Fields<'_>) -> Result<&mut TagRecord, Refusal> {
        let name = fields.required("tagName").map_err(invalid)?;
        self.tags.iter_mut().find(|tag| tag.name == name).ok_or_else(no_such_tag)
    }
}

fn no_such_tag() -> Refusal {
    refuse(StatusCode::NOT_FOUND, "there is no such tag")
}

fn add_keywords(tag: &mut TagRecord, keywords: &[&str]) {
    for keyword in keywords.iter().filter(|keyword| !keyword.trim().is_empty()) {
        if !tag.keywords.iter().any(|one| one == keyword) {
            tag.keywords.push((*keyword).to_owned());
        }
    }
}

/// An `UpsertTagRequest`, checked.
struct Upsert<'a> {
    name: &'a str,
    description: Option<&'a str>,
    exclude_name: bool,
    category_id: Option<&'a str>,
    path: Option<&'a str>,
    managed_by: Option<&'a str>,
    external_id: Option<&'a str>,
    default_activity_type_code: Option<&'a str>,
    metadata: Vec<(&'a str, &'a str)>,
    keywords: Vec<&'a str>,
    url: Option<&'a str>,
    visibility: Option<Visibility>,
    assignees: Option<Vec<&'a str>>,
}

impl<'a> Upsert<'a> {
    fn read(tag: &'a Value) -> Read<Self> {
        let fields = Fields::of(tag)?;
        let path = fields.full("path")?;
        if path.is_some_and(|path| !path.starts_with('/')) {
            return Err("the path has to begin with /".to_owned());
        }
        Ok(Self {
            name: fields.full("name")?.ok_or("the tag has no name")?,
            description: fields.full("description")?,
            exclude_name: fields.flag("excludeTagNameKeyword")?,
            category_id: fields.full("tagCategoryId")?,
            path,
            managed_by: fields.full("managedBy")?,
            external_id: fields.full("externalId")?,
            default_activity_type_code: fields.full("defaultActivityTypeCode")?,
            metadata: fields.named_texts("metadata")?,
            keywords: fields.texts("additionalKeywords")?.unwrap_or_default(),
            url: fields.full("url")?,
            visibility: fields.text("visibility")?.map(Visibility::read).transpose()?,
            assignees: fields.texts("assigneeExternalIds")?,
        })
    }
}
