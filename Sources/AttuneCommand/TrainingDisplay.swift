internal import AttuneTraining
internal import Foundation

/// The progress of a training on stderr: one line that is redrawn on a terminal, else a line per 10 % of the epochs or
/// 30 seconds.
final class TrainingDisplay {
  private var line: TrainingLine
  private let isQuiet: Bool
  private let isInteractive = Console.isInteractive
  private let started = ContinuousClock.now
  private var shownTenth = -1
  private var shownAt: ContinuousClock.Instant?
  /// Whether an epoch ended and was not shown.
  private var hasMore = false

  /// - Parameter quality: the text for a quality figure of the validation rows.
  init(_ title: String, isQuiet: Bool, quality: @escaping (Double) -> String) {
    line = TrainingLine(title, quality: quality)
    self.isQuiet = isQuiet
  }

  /// Takes note of an event, and shows it if it is time.
  func show(_ event: TrainingEvent) {
    guard !isQuiet else { return }
    let now = ContinuousClock.now
    if let note = line.note(event) { Console.note("attune: \(note)") }
    switch event {
    case .step:
      // Drawing at every step would slow small networks down.
      guard let shownAt, now - shownAt > (isInteractive ? .milliseconds(100) : .seconds(30)) else { break }
      draw(at: now)
    case .epoch(let record):
      hasMore = true
      let tenth = record.epoch * 10 / max(1, line.epochs)
      guard isInteractive || tenth > shownTenth else { break }
      shownTenth = tenth
      draw(at: now)
    case .started, .checkpointing: break
    }
    if shownAt == nil { shownAt = now }
  }

  /// Shows the last epoch, where a training that ended early did not come to a line of its own, and ends the line.
  func finish() {
    guard !isQuiet else { return }
    if hasMore { draw(at: .now) }
    if isInteractive, shownAt != nil, !line.isDone { Console.draw("\n") }
  }

  private func draw(at now: ContinuousClock.Instant) {
    (shownAt, hasMore) = (now, false)
    let text = line.text(seconds: (now - started) / .seconds(1))
    guard isInteractive else { return Console.note(text) }
    Console.draw("\r\u{1B}[2K\(text.prefix(Console.width - 1))\(line.isDone ? "\n" : "")")
  }
}

/// What is known of a training, as one line.
struct TrainingLine {
  private let title: String
  private let quality: (Double) -> String
  private(set) var epochs = 0
  private var stepsPerEpoch = 0
  private var first = 0
  private var step = 0
  private var done = 0
  private var loss: Double?
  private var validation: (loss: Double, quality: Double?)?
  private var samplesPerSecond: Double?

  init(_ title: String, quality: @escaping (Double) -> String) {
    self.title = title
    self.quality = quality
  }

  /// Whether the last epoch is done.
  var isDone: Bool { done == epochs }

  /// Takes note of an event.
  ///
  /// - Returns: a sentence where a training goes on from a checkpoint.
  mutating func note(_ event: TrainingEvent) -> String? {
    switch event {
    case .started(let position, let epochs, let stepsPerEpoch):
      (self.epochs, self.stepsPerEpoch) = (epochs, stepsPerEpoch)
      (first, step, done) = (position.globalStep, position.globalStep, position.epoch - 1)
      guard position.globalStep > 0 else { return nil }
      guard position.epoch <= epochs else { return "the checkpoint holds the finished training" }
      return "going on from the checkpoint: epoch \(position.epoch) of \(epochs), "
        + "\(position.step) of \(stepsPerEpoch) steps done"
    case .step(let record, let rate):
      step = record.globalStep
      samplesPerSecond = rate
      if loss == nil || record.epoch == 1 { loss = record.loss }
    case .epoch(let record):
      done = record.epoch
      loss = record.loss
      validation = record.validationLoss.map { ($0, record.validationQuality) }
    case .checkpointing: break
    }
    return nil
  }

  /// The line after some seconds: epochs done, loss of the last epoch (in the first one of the last step), validation,
  /// rows per second, time left at the speed so far.
  func text(seconds: Double) -> String {
    var parts = ["\(title): epoch \(done)/\(epochs)"]
    if let loss { parts.append("loss \(Self.short(loss))") }
    if let validation {
      let quality = validation.quality.map { " (\(self.quality($0)))" } ?? ""
      parts.append("validation \(Self.short(validation.loss))\(quality)")
    }
    if let samplesPerSecond { parts.append("\(Int(samplesPerSecond)) samples/s") }
    let doneHere = step - first, left = epochs * stepsPerEpoch - step
    if doneHere > 0, left > 0, seconds >= 2 {
      parts.append("\(ProgressLine.duration(seconds / Double(doneHere) * Double(left))) left")
    }
    return parts.joined(separator: ", ")
  }

  /// Four significant digits.
  static func short(_ number: Double) -> String { String(format: "%.4g", number) }
}
