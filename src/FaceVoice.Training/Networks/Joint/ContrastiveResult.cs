namespace FaceVoice.Training.Networks.Joint;

/// <summary>What a contrastive loss gives for a batch. The tensors belong to the scope in which they were computed.</summary>
/// <param name="Loss">The scalar to differentiate: the mean of both directions.</param>
/// <param name="FirstToSecond">The loss of finding the second from the first (a scalar).</param>
/// <param name="SecondToFirst">The loss of finding the first from the second (a scalar).</param>
/// <param name="Logits">[batch, batch], rows first, columns second, before weights, margins and queue; detached from the graph.</param>
public sealed record ContrastiveResult(Tensor Loss, Tensor FirstToSecond, Tensor SecondToFirst, Tensor Logits);
