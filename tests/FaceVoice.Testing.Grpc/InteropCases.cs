using System.Text;
using FaceVoice.Testing.Grpc.Protocol;
using Google.Protobuf;
using Grpc.Core;
using Xunit;
using static FaceVoice.Testing.Grpc.Protocol.TestService;

namespace FaceVoice.Testing.Grpc;

/// <summary>The cases of the public gRPC interoperability tests that need no cloud, as a client runs them against any server.</summary>
public static class InteropCases
{
    private const int LargeRequest = 271_828;
    private const int LargeResponse = 314_159;
    private static readonly int[] RequestSizes = [27_182, 8, 1_828, 45_904];
    private static readonly int[] ResponseSizes = [31_415, 9, 2_653, 58_979];
    private static readonly Metadata Gzip = new() { { "grpc-internal-encoding-request", "gzip" } };

    /// <summary>The cases by their official names. Those that ask for compression are left out where a server does not probe for it.</summary>
    public static IReadOnlyDictionary<string, Func<CallInvoker, Task>> All { get; } = new Dictionary<string, Func<CallInvoker, Task>>
    {
        ["empty_unary"] = EmptyUnaryAsync,
        ["large_unary"] = LargeUnaryAsync,
        ["client_compressed_unary"] = ClientCompressedUnaryAsync,
        ["server_compressed_unary"] = ServerCompressedUnaryAsync,
        ["client_streaming"] = ClientStreamingAsync,
        ["client_compressed_streaming"] = ClientCompressedStreamingAsync,
        ["server_streaming"] = ServerStreamingAsync,
        ["server_compressed_streaming"] = ServerCompressedStreamingAsync,
        ["ping_pong"] = PingPongAsync,
        ["empty_stream"] = EmptyStreamAsync,
        ["custom_metadata"] = CustomMetadataAsync,
        ["status_code_and_message"] = StatusCodeAndMessageAsync,
        ["special_status_message"] = SpecialStatusMessageAsync,
        ["unimplemented_method"] = UnimplementedMethodAsync,
        ["unimplemented_service"] = UnimplementedServiceAsync,
        ["cancel_after_begin"] = CancelAfterBeginAsync,
        ["cancel_after_first_response"] = CancelAfterFirstResponseAsync,
        ["timeout_on_sleeping_server"] = TimeoutOnSleepingServerAsync,
    };

    private static async Task EmptyUnaryAsync(CallInvoker invoker) => Assert.Equal(new Empty(), await new TestServiceClient(invoker).EmptyCallAsync(new Empty()));

    private static async Task LargeUnaryAsync(CallInvoker invoker)
    {
        var response = await new TestServiceClient(invoker).UnaryCallAsync(new SimpleRequest { ResponseSize = LargeResponse, Payload = Zeros(LargeRequest) });
        Assert.Equal(new byte[LargeResponse], response.Payload.Body.ToByteArray());
    }

    private static async Task ClientCompressedUnaryAsync(CallInvoker invoker)
    {
        var client = new TestServiceClient(invoker);
        var probe = new SimpleRequest
        {
            ExpectCompressed = new BoolValue { Value = true },
            ResponseSize = LargeResponse,
            Payload = Zeros(LargeRequest),
        };
        var error = await Assert.ThrowsAsync<RpcException>(async () => await client.UnaryCallAsync(probe));
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        var response = await client.UnaryCallAsync(probe, Gzip);
        Assert.Equal(LargeResponse, response.Payload.Body.Length);
    }

    private static async Task ServerCompressedUnaryAsync(CallInvoker invoker)
    {
        foreach (var compressed in new[] { true, false })
        {
            var response = await new TestServiceClient(invoker).UnaryCallAsync(new SimpleRequest
            {
                ResponseCompressed = new BoolValue { Value = compressed },
                ResponseSize = LargeResponse,
                Payload = Zeros(LargeRequest),
            });
            Assert.Equal(LargeResponse, response.Payload.Body.Length);
        }
    }

    private static async Task ClientStreamingAsync(CallInvoker invoker)
    {
        using var call = new TestServiceClient(invoker).StreamingInputCall();
        foreach (var size in RequestSizes)
        {
            await call.RequestStream.WriteAsync(new StreamingInputCallRequest { Payload = Zeros(size) });
        }

        await call.RequestStream.CompleteAsync();
        Assert.Equal(RequestSizes.Sum(), (await call).AggregatedPayloadSize);
    }

    private static async Task ClientCompressedStreamingAsync(CallInvoker invoker)
    {
        using var call = new TestServiceClient(invoker).StreamingInputCall(Gzip);
        await call.RequestStream.WriteAsync(new StreamingInputCallRequest { ExpectCompressed = new BoolValue { Value = true }, Payload = Zeros(27_182) });
        call.RequestStream.WriteOptions = new WriteOptions(WriteFlags.NoCompress);
        await call.RequestStream.WriteAsync(new StreamingInputCallRequest { ExpectCompressed = new BoolValue(), Payload = Zeros(45_904) });
        await call.RequestStream.CompleteAsync();
        Assert.Equal(73_086, (await call).AggregatedPayloadSize);
    }

    private static async Task ServerStreamingAsync(CallInvoker invoker)
    {
        using var call = new TestServiceClient(invoker).StreamingOutputCall(Request(ResponseSizes));
        Assert.Equal(ResponseSizes, await SizesAsync(call.ResponseStream));
    }

    private static async Task ServerCompressedStreamingAsync(CallInvoker invoker)
    {
        var request = Request(31_415, 92_653);
        request.ResponseParameters[0].Compressed = new BoolValue { Value = true };
        request.ResponseParameters[1].Compressed = new BoolValue { Value = false };
        using var call = new TestServiceClient(invoker).StreamingOutputCall(request);
        Assert.Equal([31_415, 92_653], await SizesAsync(call.ResponseStream));
    }

    private static async Task PingPongAsync(CallInvoker invoker)
    {
        using var call = new TestServiceClient(invoker).FullDuplexCall();
        foreach (var (request, response) in RequestSizes.Zip(ResponseSizes))
        {
            var message = Request(response);
            message.Payload = Zeros(request);
            await call.RequestStream.WriteAsync(message);
            Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
            Assert.Equal(response, call.ResponseStream.Current.Payload.Body.Length);
        }

        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    private static async Task EmptyStreamAsync(CallInvoker invoker)
    {
        using var call = new TestServiceClient(invoker).FullDuplexCall();
        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    private static async Task CustomMetadataAsync(CallInvoker invoker)
    {
        var client = new TestServiceClient(invoker);
        byte[] bytes = [0xab, 0xab, 0xab];
        var headers = new Metadata { { "x-grpc-test-echo-initial", "test_initial_metadata_value" }, { "x-grpc-test-echo-trailing-bin", bytes } };

        using var unary = client.UnaryCallAsync(new SimpleRequest { ResponseSize = LargeResponse, Payload = Zeros(LargeRequest) }, headers);
        await unary;
        Assert.Equal("test_initial_metadata_value", (await unary.ResponseHeadersAsync).GetValue("x-grpc-test-echo-initial"));
        Assert.Equal(bytes, unary.GetTrailers().GetValueBytes("x-grpc-test-echo-trailing-bin"));

        using var duplex = client.FullDuplexCall(headers);
        await duplex.RequestStream.WriteAsync(Request(LargeResponse));
        await duplex.RequestStream.CompleteAsync();
        Assert.Equal([LargeResponse], await SizesAsync(duplex.ResponseStream));
        Assert.Equal("test_initial_metadata_value", (await duplex.ResponseHeadersAsync).GetValue("x-grpc-test-echo-initial"));
        Assert.Equal(bytes, duplex.GetTrailers().GetValueBytes("x-grpc-test-echo-trailing-bin"));
    }

    private static async Task StatusCodeAndMessageAsync(CallInvoker invoker)
    {
        var client = new TestServiceClient(invoker);
        var status = new EchoStatus { Code = 2, Message = "test status message" };
        var error = await Assert.ThrowsAsync<RpcException>(async () => await client.UnaryCallAsync(new SimpleRequest { ResponseStatus = status }));
        Assert.Equal(new Status(StatusCode.Unknown, "test status message"), error.Status);

        using var duplex = client.FullDuplexCall();
        await duplex.RequestStream.WriteAsync(new StreamingOutputCallRequest { ResponseStatus = status });
        await duplex.RequestStream.CompleteAsync();
        error = await Assert.ThrowsAsync<RpcException>(() => duplex.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(new Status(StatusCode.Unknown, "test status message"), error.Status);
    }

    private static async Task SpecialStatusMessageAsync(CallInvoker invoker)
    {
        const string message = "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n";
        var status = new EchoStatus { Code = 2, Message = message };
        var error = await Assert.ThrowsAsync<RpcException>(async () => await new TestServiceClient(invoker).UnaryCallAsync(new SimpleRequest { ResponseStatus = status }));
        Assert.Equal(new Status(StatusCode.Unknown, message), error.Status);
    }

    private static async Task UnimplementedMethodAsync(CallInvoker invoker)
    {
        var error = await Assert.ThrowsAsync<RpcException>(async () => await new TestServiceClient(invoker).UnimplementedCallAsync(new Empty()));
        Assert.Equal(StatusCode.Unimplemented, error.StatusCode);
    }

    private static async Task UnimplementedServiceAsync(CallInvoker invoker)
    {
        var client = new UnimplementedService.UnimplementedServiceClient(invoker);
        var error = await Assert.ThrowsAsync<RpcException>(async () => await client.UnimplementedCallAsync(new Empty()));
        Assert.Equal(StatusCode.Unimplemented, error.StatusCode);
    }

    private static async Task CancelAfterBeginAsync(CallInvoker invoker)
    {
        using var source = new CancellationTokenSource();
        using var call = new TestServiceClient(invoker).StreamingInputCall(cancellationToken: source.Token);
        await source.CancelAsync();
        var error = await Assert.ThrowsAsync<RpcException>(async () => await call);
        Assert.Equal(StatusCode.Cancelled, error.StatusCode);
    }

    private static async Task CancelAfterFirstResponseAsync(CallInvoker invoker)
    {
        using var source = new CancellationTokenSource();
        using var call = new TestServiceClient(invoker).FullDuplexCall(cancellationToken: source.Token);
        var request = Request(31_415);
        request.Payload = Zeros(27_182);
        await call.RequestStream.WriteAsync(request);
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        await source.CancelAsync();
        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(StatusCode.Cancelled, error.StatusCode);
    }

    private static async Task TimeoutOnSleepingServerAsync(CallInvoker invoker)
    {
        using var call = new TestServiceClient(invoker).FullDuplexCall(deadline: DateTime.UtcNow.AddMilliseconds(1));
        var error = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            await call.RequestStream.WriteAsync(new StreamingOutputCallRequest { Payload = Zeros(27_182) });
            await call.ResponseStream.MoveNext(CancellationToken.None);
        });
        Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
    }

    private static Payload Zeros(int size) => new() { Body = ByteString.CopyFrom(new byte[size]) };

    private static StreamingOutputCallRequest Request(params int[] sizes) =>
        new() { ResponseParameters = { sizes.Select(size => new ResponseParameters { Size = size }) } };

    private static async Task<List<int>> SizesAsync(IAsyncStreamReader<StreamingOutputCallResponse> responses)
    {
        var sizes = new List<int>();
        await foreach (var response in responses.ReadAllAsync())
        {
            sizes.Add(response.Payload.Body.Length);
        }

        return sizes;
    }
}
