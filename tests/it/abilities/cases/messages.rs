use super::AbilityCase;
use crate::abilities::operations::{Meanwhile, op};
use crate::abilities::world::Stage;

const BILLING: Meanwhile = Meanwhile::Service("billing");
const ON_ALL: &[&str] = &["svc.sum", "$SRV.PING", "$SRV.INFO.billing", "$SRV.STATS"];

pub fn cases() -> Vec<AbilityCase> {
    vec![
        AbilityCase::new("publisher", &["publish orders.*"], Stage::Messages)
            .works([op!("core.publish", "subject": "orders.new", "payload": "x")]),
        AbilityCase::new("subscriber", &["subscribe orders.>"], Stage::Messages).works([
            op!("core.subscribe", "subject": "orders.>"),
            op!("core.subscribe", "subject": "orders.new"),
            op!("core.subscribe", "subject": "orders.*.x", "queue": "any"),
        ]),
        AbilityCase::new("worker", &["subscribe jobs.* workers"], Stage::Messages)
            .works([op!("core.subscribe", "subject": "jobs.a", "queue": "workers")]),
        AbilityCase::new("requester", &["request rpc.*"], Stage::Messages)
            .works([op!("core.request", "subject": "rpc.echo", "payload": "x")]),
        AbilityCase::new(
            "replier",
            &["reply math.sum", "reply math.jobs workers"],
            Stage::Messages,
        )
        .works([
            op!("core.reply", "subject": "math.sum").meanwhile(Meanwhile::Requests(&["math.sum"])),
            op!("core.reply", "subject": "math.jobs", "queue": "workers")
                .meanwhile(Meanwhile::Requests(&["math.jobs"])),
        ]),
        AbilityCase::new(
            "offerer",
            &["service offer billing", "reply svc.sum"],
            Stage::Messages,
        )
        .works([
            op!("service.offer", "name": "billing", "subject": "svc.sum")
                .meanwhile(Meanwhile::Requests(ON_ALL)),
        ]),
        AbilityCase::new("finder", &["service find"], Stage::Messages).works([
            op!("service.find").meanwhile(BILLING),
            op!("service.find", "name": "billing").meanwhile(BILLING),
            op!("service.find", "name": "billing", "by_id": true).meanwhile(BILLING),
        ]),
        AbilityCase::new("finder_of_one", &["service find billing"], Stage::Messages).works([
            op!("service.find", "name": "billing").meanwhile(BILLING),
            op!("service.find", "name": "billing", "by_id": true).meanwhile(BILLING),
        ]),
    ]
}
