import Testing

@testable import AttuneExperiments

@Suite struct OnlineConfigurationTests {
  private let stream = "{name: s, task: classification, source: {kind: csv, path: a.csv, target: y}}"

  private func text(_ streams: String, _ learners: String = "[{learner: perceptron}]", _ rest: String = "") -> String {
    errorText { try OnlineExperiment.load("name: x\nstreams: \(streams)\nlearners: \(learners)\n\(rest)") }
  }

  @Test func `what is left out has its default, and the resolved config reads the same`() throws {
    let experiment = try OnlineExperiment.load(
      """
      name: x
      streams:
        - \(stream)
        - {name: h, task: regression, source: hyperplane, labels: {delay: 3}}
      learners:
        - {learner: {kind: logistic-regression, l2: 0.1}, detector: ddm}
        - {name: rls, learner: recursive-least-squares, streams: [h]}
      expect:
        - {stream: h, learner: rls, minimum: 0.5}
      """)
    #expect(experiment.seeds == [0] && experiment.learners.map(\.name) == ["logistic-regression+ddm", "rls"])
    #expect(experiment.learners.map(\.recovery) == [.restart, .none])
    #expect(
      experiment.arms(on: experiment.streams[0]).map(\.name) == ["last-label", "majority", "logistic-regression+ddm"])
    #expect(experiment.arms(on: experiment.streams[1]).map(\.name) == ["last-label", "mean", "rls"])
    let written = try ConfigWriter.yaml(from: experiment)
    #expect(try OnlineExperiment.load(written) == experiment, "\(written)")
  }

  @Test func `a file with streams has no sections of other experiments`() {
    #expect(
      errorText {
        try RunConfiguration.load(bytes: Array("name: x\ndata: {}\nstreams: []\n".utf8), file: "x.yaml")
      }
        == "x.yaml:2:1: data: a file with 'streams' is an online experiment, which has no 'data'; remove 'data', or 'streams' "
        + "and 'learners'")
  }

  @Test func `what does not fit is an error with its place`() {
    #expect(text("[{name: s, task: regression, source: hyperplanes}]").contains("x.yaml:2:"))
    #expect(text("[\(stream), \(stream)]").contains("two have the same name, found 's'"))
    #expect(
      text("[\(stream)]", "[{learner: perceptron, recovery: restart}]").contains("does nothing without 'detector'"))
    #expect(
      text("[\(stream)]", "[{learner: perceptron, streams: [t]}]").contains(
        "names a stream that is not there, found 't'"))
    #expect(
      text("[\(stream)]", "[{learner: linear-regression}]").contains(
        "'linear-regression' (linear-regression) does not do classification, which stream 's' is"))
    #expect(
      text("[\(stream)]", "[{name: r, learner: linear-regression, streams: [s]}]").contains(
        "'r' (linear-regression) does not do classification, which stream 's' is"))
    #expect(
      text("[\(stream)]", "[{learner: majority}]").contains(
        "'majority' is a baseline, which is in every table by itself"))
    #expect(
      text(
        "[{name: s, task: regression, source: hyperplane}]",
        "[{learner: linear-regression, detector: ddm, streams: [s]}]"
      ).contains("counts wrong classes, and stream 's' is regression; use adwin or page-hinkley"))
    let features = "[{name: s, task: regression, source: hyperplane, features: [a]}]"
    #expect(text(features, "[{learner: linear-regression}]").contains("features: is for a csv source only; remove it"))
    let texts = "[{name: s, task: classification, source: {kind: text, path: a, format: label-text}}]"
    #expect(
      text(texts, "[{learner: perceptron}]").contains("source: must be of another kind: the words of texts become"))
    let mistyped = text("[\(stream)]", "[{learner: perceptron, nmae: x}]")
    #expect(mistyped.contains("learners[0].nmae: unknown key; did you mean 'name'?"))
    let delayed = "[{name: s, task: regression, source: hyperplane, labels: {delay: -1}}]"
    #expect(text(delayed, "[{learner: linear-regression}]").contains("streams[0].labels.delay: must be at least 0"))
  }

  @Test func `an expected figure names what is there`() {
    func expected(_ figure: String) -> String {
      text("[\(stream)]", "[{learner: perceptron}]", "expect: [{\(figure)}]")
    }
    #expect(
      expected("stream: s, learner: perceptron").contains("expect[0].value: must be there, or 'minimum'"))
    #expect(expected("stream: s, learner: perceptron, value: 1, minimum: 0").contains("cannot stand beside bounds"))
    #expect(
      expected("stream: s, learner: perceptron, value: 1, features: [2]").contains(
        "has the key 'features', which is for another kind of experiment"))
    #expect(expected("stream: t, learner: perceptron, value: 1").contains("[0]: no stream has this name, found 't'"))
    #expect(expected("stream: s, learner: perceptrom, value: 1").contains("did you mean 'perceptron'?"))
    #expect(expected("learner: perceptron, value: 1").contains("[0] must name a stream"))
    #expect(
      expected("stream: s, learner: perceptron, inference: x, value: 1").contains(
        "which is for another kind of experiment"))
    #expect(expected("stream: s, learner: perceptron, metric: acuracy, value: 1").contains("did you mean 'accuracy'?"))
  }

  @Test func `an expected figure is met within its tolerance or its bounds`() throws {
    var figure = ExpectedFigure()
    (figure.value, figure.tolerance) = (0.8896, 0.00005)
    #expect(figure.isMet(by: 0.88964) && figure.isMet(by: 0.88965) && !figure.isMet(by: 0.8897))
    #expect(figure.text == "0.8896 ± 5e-05")
    figure = ExpectedFigure()
    (figure.minimum, figure.maximum) = (1, 2.5)
    #expect(figure.isMet(by: 1) && figure.isMet(by: 2.5) && !figure.isMet(by: 0.99) && !figure.isMet(by: 2.51))
    #expect(figure.text == "at least 1, at most 2.5")
  }

  @Test func `ordinary experiments expect figures too`() async throws {
    let digits = """
      \(SmallExperiment.data)
      expect:
        - {inference: none, scenario: clean, maximum: 1}
        - {inference: none, scenario: clean, training: sgd, metric: logLoss, value: 0, tolerance: 0.001}
      """
    let experiment = try SmallExperiment.load(
      training: [SmallExperiment.sgd], inference: [SmallExperiment.none], scenarios: [SmallExperiment.clean],
      data: digits)
    let results = try await SmallExperiment.run(experiment)
    #expect(results.expected?.map(\.isMet) == [true, false])
    let text = TerminalTable.render(results, color: false, width: 100)
    #expect(text.contains("Expected figures: 1 of 2 missed"))
    #expect(HTMLReport.render(results).contains("id=\"expected\""))
    #expect(
      errorText {
        try SmallExperiment.load(
          data: SmallExperiment.data + "expect: [{inference: nobody, scenario: clean, value: 1}]\n")
      }.contains("[0]: no inference has this name, found 'nobody'"))
  }
}
