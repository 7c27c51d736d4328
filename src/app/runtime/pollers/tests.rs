use super::*;
use crate::journal::SystemClock;
use crate::signals::map::ServiceMap;
use crate::signals::series::{Answer, LabelledSample, LabelledSeries, QueryRange};
use crate::signals::{Reading, Sample};
use crate::sources::{HttpSettings, Offers, Prometheus};
use async_trait::async_trait;
use tokio::sync::mpsc::unbounded_channel;

/// Answers readings, and its rules as a server does that has none.
struct NoRuler(Prometheus);

#[async_trait]
impl Source for NoRuler {
    fn name(&self) -> &SourceId {
        self.0.name()
    }

    fn offers(&self) -> Offers {
        self.0.offers()
    }

    async fn rules(&self) -> Result<RuleSet, SourceError> {
        Err(SourceError {
            source_name: self.name().clone(),
            place: "p".into(),
            kind: SourceErrorKind::Status(404, crate::text::Safe::line("page not found")),
        })
    }

    async fn range(
        &self,
        _: &str,
        _: QueryRange,
    ) -> Result<Answer<Vec<LabelledSeries>>, SourceError> {
        Ok(Answer::whole(Vec::new()))
    }

    async fn vector(
        &self,
        _query: &str,
        _at: Option<chrono::DateTime<chrono::Utc>>,
    ) -> Result<Answer<Vec<LabelledSample>>, SourceError> {
        let sample = Sample {
            at: chrono::Utc::now(),
            reading: Reading::Value(0.97),
        };
        let labels = BTreeMap::new();
        Ok(Answer::whole(vec![LabelledSample { labels, sample }]))
    }
}

#[tokio::test]
async fn readings_go_on_at_full_pace_while_the_rules_cannot_be_read() {
    let settings = HttpSettings::plain(SourceId::nearest("mimir"), "http://127.0.0.1:1");
    let source: Arc<dyn Source> = Arc::new(NoRuler(Prometheus::new(settings).unwrap()));
    let (messages, mut inbox) = unbounded_channel();
    let pace = || Backoff::new(Duration::from_millis(5));
    tokio::spawn(rules(Arc::clone(&source), messages.clone(), pace()));
    let map = "services: [{service: pay, owner: pay, paths: [{path: confirm, signals: [{signal: x, correctness: {query: x, tolerance: 1}}]}]}]";
    let monitor = SignalMonitor::new(Arc::new(ServiceMap::parse(map).unwrap()));
    let (clock, pause) = (Arc::new(SystemClock::new()), Duration::from_millis(5));
    tokio::spawn(signals(
        monitor,
        vec![source],
        clock,
        messages,
        pause,
        Arc::default(),
    ));
    let (mut read, mut missing) = (0, 0);
    while read < 30 {
        match inbox.recv().await.unwrap() {
            Msg::Signals(report) => {
                assert_eq!(report.contacts, [(SourceId::nearest("mimir"), Ok(()))]);
                read += 1;
            }
            Msg::Rules { result, .. } => {
                // The server is there: its rules are not known, which is no lost contact.
                assert!(result.unwrap().missing.unwrap().what.contains("404"));
                missing += 1;
            }
            other => panic!("{other:?}"),
        }
    }
    assert!(missing > 0 && missing < read / 2, "{missing} beside {read}");
}
