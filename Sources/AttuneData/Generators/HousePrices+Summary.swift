extension HousePrices {
  /// The market in a few words, for reports.
  public var summary: String {
    let drift = marketDrift == 0 ? "steady market" : "market drift \(percent(marketDrift)) a month"
    guard regionChangeStrength > 0 else { return "\(drift), \(months) months" }
    let change = "region change \(regionChangeStrength) at \(percent(regionChangeTime))"
    let span = regionChangeSpan > 0 ? " over \(percent(regionChangeSpan))" : ""
    return "\(drift), \(change)\(span) of \(months) months"
  }

  private func percent(_ share: Double) -> String { "\((share * 1000).rounded() / 10) %" }
}
