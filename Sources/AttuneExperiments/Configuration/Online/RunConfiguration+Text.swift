internal import AttuneCore

extension RunConfiguration {
  /// Every setting as YAML, with the defaults of what the file leaves out.
  public func yaml() throws -> String {
    switch self {
    case .experiment(let experiment): try ConfigWriter.yaml(from: experiment)
    case .online(let experiment): try ConfigWriter.yaml(from: experiment)
    }
  }

  /// Every setting as JSON; what is null is left out.
  public func json() throws -> String {
    let place = ConfigLocation(source: "config")
    let node =
      switch self {
      case .experiment(let experiment): try NodeEncoder.encode(experiment, at: place)
      case .online(let experiment): try NodeEncoder.encode(experiment, at: place)
      }
    return (SchemaJSON(node) ?? .object([])).render() + "\n"
  }

  /// What is run, in a line: `experiment digits: 2 training arms × 3 inference arms × 4 scenarios × 5 seeds`.
  public var summary: String {
    func counted(_ number: Int, _ noun: String) -> String { Wording.counted(number, noun) }
    switch self {
    case .experiment(let experiment):
      let parts = [
        counted(experiment.training.count, "training arm"), counted(experiment.inference.count, "inference arm"),
        counted(experiment.scenarios.count, "scenario"), counted(experiment.seeds.count, "seed"),
      ]
      return "experiment \(experiment.name): " + parts.joined(separator: " × ")
    case .online(let experiment):
      let parts = [
        counted(experiment.learners.count, "learner"), counted(experiment.streams.count, "stream"),
        counted(experiment.seeds.count, "seed"),
      ]
      return "online experiment \(experiment.name): " + parts.joined(separator: " × ")
    }
  }
}
