/// An MLflow server that was not reached, or that did not take a run.
struct MLflowError: Error, Equatable, CustomStringConvertible {
  enum Kind: Equatable {
    /// The server was not reached.
    case unreachable
    /// The server answered that it does not do what was asked.
    case refused(status: Int, code: String)
    /// What answered is no MLflow server.
    case other
    /// The server does not take files.
    case withoutArtifacts
  }

  let kind: Kind
  let description: String

  static func unreachable(_ address: String, reason: String) -> MLflowError {
    MLflowError(
      kind: .unreachable,
      description: "cannot reach an MLflow server at \(address) (\(reason)); check that it runs (mlflow server "
        + "--backend-store-uri sqlite:///mlflow.db --artifacts-destination ./artifacts), its address and port, and the "
        + "proxy settings; what was exported is kept, and the same command goes on")
  }

  static func refused(_ call: String, at address: String, status: Int, code: String, message: String) -> MLflowError {
    let advice =
      switch status {
      case 401, 403:
        "set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN, to what the server takes"
      default: "what was exported is kept, and the same command goes on"
      }
    let said = [code, message].filter { !$0.isEmpty }.joined(separator: ": ")
    return MLflowError(
      kind: .refused(status: status, code: code),
      description: "the MLflow server at \(address) answers \(call) with status \(status)"
        + "\(said.isEmpty ? "" : " (\(said))"); \(advice)")
  }

  static func other(_ address: String, call: String) -> MLflowError {
    MLflowError(
      kind: .other,
      description:
        "what answers \(call) at \(address) is no MLflow server; check the address and port, which are those "
        + "of the tracking server, without a path of a page")
  }

  static func withoutArtifacts(_ address: String, location: String) -> MLflowError {
    MLflowError(
      kind: .withoutArtifacts,
      description:
        "the MLflow server at \(address) does not take files: it keeps those of runs at \(location); start it "
        + "with --artifacts-destination and choose a new experiment, or leave them out with --without-artifacts")
  }
}
