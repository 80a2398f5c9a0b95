internal import AttuneInference
internal import Foundation

/// How the numbers were made: the rules of the comparison, and machine, build and inputs.
enum ProtocolSection {
  static func render(_ data: ReportData) -> Markup {
    let rules = rules(data).map { "<li>\($0)</li>" as Markup }.joined("\n")
    return """
      <h3>Protocol</h3>
      <ul class="rules">
      \(rules)
      </ul>
      \(StreamRulesTable.render(data))
      \(ArmRulesTable.render(data))
      \(ChoiceTable.render(data))
      \(provenance(data.results.provenance))
      """
  }

  /// Machine, build and inputs.
  static func provenance(_ provenance: Provenance) -> Markup {
    """
    <h3>Provenance</h3>
    <dl>
    \(facts(provenance).map { "<dt>\($0.0)</dt><dd>\($0.1)</dd>" as Markup }.joined("\n"))
    </dl>
    \(files(provenance))
    """
  }

  private static func rules(_ data: ReportData) -> [Markup] {
    let results = data.results
    let labeled = results.inferenceArms.filter(\.usesLabels).map { Wording.name($0.name) }
    let intervals = results.inferenceArms.filter { $0.intervals?.usesLabels == true && !$0.usesLabels }
      .map { Wording.name($0.name) }
    let forIntervals: [Markup] =
      intervals.isEmpty
      ? []
      : [
        """
        Late labels reach the prediction intervals of \(Wording.list(intervals)), and not the answers.
        """
      ]
    let labels: Markup =
      labeled.isEmpty
      ? intervals.isEmpty
        ? "No inference arm ever sees a label of the stream." : "No answer ever depends on a label of the stream."
      : """
      Labels of the stream are never seen, but by \(Wording.list(labeled)), and there after the prediction they belong \
      to.
      """
    let sources = results.inferenceArms.filter { $0.sourceAccess != "none" }
      .map { "\(Wording.name($0.name)) (\($0.sourceAccess))" as Markup }
    let access: Markup =
      sources.isEmpty
      ? "No inference arm uses anything of the training data besides the weights."
      : "Of the training data, besides the weights, these arms use: \(Wording.list(sources))."
    let oracles = results.inferenceArms.filter(\.isOracle).map { Wording.name($0.name) }
    let oracle: [Markup] =
      oracles.isEmpty
      ? []
      : [
        """
        The settings of \(Wording.list(oracles)) (<b>oracle</b>) were chosen by the error on the stream itself, with its \
        labels: these figures are bounds that no one can reach without labels, and are never called best.
        """
      ]
    let interval: Markup =
      results.seeds.count > 1
      ? """
      Intervals are 95 % intervals of the mean over seeds (Student's t with one degree of freedom less than seeds that \
      finished).
      """ : "There is one seed: intervals and verdicts cannot be stated, and a difference may be chance."
    let seeds = results.seeds.map(String.init).joined(separator: ", ")
    return [
      "\(Wording.counted(results.seeds.count, "seed")) (\(seeds)); every arm ran once with each.",
      labels,
    ] + forIntervals + oracle + [
      access, interval,
      """
      An inference arm is compared with \(Wording.name(results.baseline)) on the same trained model, stream and seed. \
      Helps and hurts mean that the 95 % interval of the paired difference excludes zero; “no difference shown” means \
      that it does not, which is no proof that there is none.
      """,
      """
      No correction for many comparisons: of comparisons without any true difference, about one in twenty will still \
      show one.
      """,
      "FLOPs are counted, not measured; a multiply and an add are two.",
    ]
  }

  private static func facts(_ provenance: Provenance) -> [(String, Markup)] {
    [
      ("Command", "<code>\(command(provenance.arguments))</code>"),
      ("Started", "\(provenance.started.formatted(.iso8601))"),
      ("Duration", "\(NumberFormat.seconds(provenance.seconds))"),
      ("Processor", "\(provenance.processor), \(Wording.counted(provenance.cores, "core"))"),
      ("System", "\(provenance.system)"),
      ("BLAS", "\(provenance.blas)"),
      ("Kernels", "\(provenance.kernels)"),
      ("Attune", "\(provenance.version)"),
      ("Commit", provenance.commit.map { "<code>\($0)</code>" } ?? "outside a repository"),
      ("Swift", "\(provenance.swift)"),
      ("Config", "<code>\(provenance.configHash)</code> (SHA-256, resolved)"),
    ]
  }

  private static func files(_ provenance: Provenance) -> Markup {
    guard !provenance.dataHashes.isEmpty else { return .empty }
    let rows = provenance.dataHashes.sorted { $0.key < $1.key }.map { path, hash -> Markup in
      "<tr><th scope=\"row\">\(path)</th><td class=\"text\"><code>\(hash)</code></td></tr>\n"
    }
    return Wording.scrollable(
      "Data files",
      """
      <table>
      <caption><span>SHA-256 of each data file.</span></caption>
      <thead><tr><th scope="col">File</th><th scope="col">SHA-256</th></tr></thead>
      <tbody>
      \(rows.joined())</tbody>
      </table>
      """)
  }

  /// The arguments as one would type them into a shell.
  static func command(_ arguments: [String]) -> String {
    let plain = CharacterSet(charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=,@%+")
    return arguments.map { argument in
      let isPlain = !argument.isEmpty && argument.unicodeScalars.allSatisfy(plain.contains)
      return isPlain ? argument : "'" + argument.replacingOccurrences(of: "'", with: "'\\''") + "'"
    }.joined(separator: " ")
  }
}
